import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import module from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(PACKAGE, 'node_modules', '.cache', 'flowlab');
const ROOMS = ['core', 'runtime', 'exporter', 'collector', 'ntp-server', 'lab'];
/** Programs that run by themselves; `lab` is called by `bin/flowlab.mjs`. */
export const PARTS = ['exporter', 'collector', 'ntp-server'];
/** What was built so long ago is deleted when something new is built. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Imports `main.ts` of a program. It and all its modules are made into JavaScript once for each state of the sources and kept
 * in `node_modules/.cache`; loading some hundred modules of TypeScript one by one takes three times as long. Where that cannot
 * be (nothing may be written there, a source has a mistake) tsx loads them.
 */
export async function load(program) {
  let built;
  try {
    built = await upToDate();
  } catch {
    const { register } = await import('tsx/esm/api');
    register({ tsconfig: join(PACKAGE, 'tsconfig.json') });
    return import(pathToFileURL(join(PACKAGE, program, 'main.ts')).href);
  }
  process.setSourceMapsEnabled(true);
  module.enableCompileCache?.(join(CACHE, 'compiled'));
  return import(pathToFileURL(join(built, program, 'main.mjs')).href);
}

/** The directory of the JavaScript made of the sources as they are now. */
async function upToDate() {
  const sources = ROOMS.flatMap((room) =>
    readdirSync(join(PACKAGE, room), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(room, name)),
  ).sort();
  const state = createHash('sha256').update(PACKAGE);
  for (const file of [...sources, 'tsconfig.json', 'package-lock.json', join('bin', 'load.mjs')]) {
    state.update(`\0${file}\0`).update(readFileSync(join(PACKAGE, file)));
  }
  const directory = join(CACHE, state.digest('hex').slice(0, 32));
  if (!existsSync(directory)) await buildInto(directory, new Set(sources));
  return directory;
}

/** The directory appears whole or not at all, so that several may start at once. */
async function buildInto(directory, sources) {
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, 'unfinished-'));
  try {
    const { build } = await import('esbuild');
    const { metafile } = await build({
      absWorkingDir: PACKAGE,
      entryPoints: [...PARTS, 'lab'].map((program) => `${program}/main.ts`),
      outdir: unfinished,
      outbase: '.',
      bundle: true,
      splitting: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      target: 'node20.19',
      sourcemap: true,
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      plugins: [ownUrls],
    });
    const unknown = Object.keys(metafile.inputs).find((input) => !sources.has(input.replaceAll('/', sep)));
    if (unknown !== undefined) throw new Error(`a change of ${unknown} would not be noticed`);
    for (const name of readdirSync(CACHE)) {
      const path = join(CACHE, name);
      if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
    }
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
}

/** A module that looks for files beside it finds them from where its source is. */
const ownUrls = {
  name: 'own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
    }));
  },
};
