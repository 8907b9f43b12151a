import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const SOURCE = join('ntp-server', 'greeting.ts');

/** A package with our launcher and one small program in it. */
function smallPackage() {
  const root = mkdtempSync(join(tmpdir(), 'flowlab-load-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const name of ['bin', 'tsconfig.json', 'package-lock.json', 'package.json']) {
    cpSync(join(PACKAGE, name), join(root, name), { recursive: true });
  }
  for (const room of ['core', 'runtime', 'exporter', 'collector', 'ntp-server', 'lab']) {
    mkdirSync(join(root, room));
    writeFileSync(join(root, room, 'main.ts'), 'export {};\n');
  }
  mkdirSync(join(root, 'node_modules'));
  for (const name of ['esbuild', 'tsx']) symlinkSync(join(PACKAGE, 'node_modules', name), join(root, 'node_modules', name));
  writeFileSync(join(root, 'ntp-server/main.ts'), "import { greeting } from './greeting.ts';\nconsole.log(greeting());\n");
  const write = (source: string): void => writeFileSync(join(root, SOURCE), source);
  write("export const greeting = (): string => 'one';\n");
  return { root, write, cached: () => readdirSync(join(root, 'node_modules/.cache/flowlab')).filter(isBuilt) };
}

const isBuilt = (name: string): boolean => name !== 'compiled';

async function start(root: string): Promise<{ out: string; complaint: string }> {
  const child = spawn(process.execPath, [join(root, 'bin/start.mjs'), 'ntp-server'], { cwd: tmpdir() });
  const [out, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out: out.trim(), complaint };
}

test('a changed source is never run as it was, not even one of the same size and time', async () => {
  const { root, write, cached } = smallPackage();
  const { atime, mtime } = statSync(join(root, SOURCE));
  expect((await start(root)).out).toBe('one');
  write("export const greeting = (): string => 'two';\n");
  utimesSync(join(root, SOURCE), atime, mtime);
  expect((await start(root)).out).toBe('two');
  write("export const greeting = (): string => 'one';\n");
  expect((await start(root)).out).toBe('one');
  expect(cached()).toHaveLength(2);
});

test('several may start at once, the first time too', async () => {
  const { root, cached } = smallPackage();
  const outs = await Promise.all(Array.from({ length: 4 }, () => start(root)));
  expect(outs).toEqual(Array(4).fill({ out: 'one', complaint: '' }));
  expect(cached()).toHaveLength(1);
});

test('where nothing can be written it runs all the same', async () => {
  const { root } = smallPackage();
  writeFileSync(join(root, 'node_modules/.cache'), '');
  expect(await start(root)).toEqual({ out: 'one', complaint: '' });
});

test('what it could not notice a change of is not kept', async () => {
  const { root, write, cached } = smallPackage();
  writeFileSync(join(root, 'elsewhere.ts'), "export const word = 'far';\n");
  write("import { word } from '../elsewhere.ts';\nexport const greeting = (): string => word;\n");
  expect((await start(root)).out).toBe('far');
  expect(cached()).toEqual([]);
});

test('a mistake in a source is told with its place, a stack trace names the source', async () => {
  const { root, write } = smallPackage();
  write('export const greeting = (): string => {;\n');
  expect((await start(root)).complaint).toContain('greeting.ts:2');
  write("interface Nothing {}\n\nexport const greeting = (): Nothing => {\n  throw new Error('no');\n};\n");
  expect((await start(root)).complaint).toMatch(/ntp-server\/greeting\.ts:4:\d+/);
});

test('a module finds the files beside it', async () => {
  const { root, write } = smallPackage();
  write("export const greeting = (): string => new URL('greeting.txt', import.meta.url).pathname;\n");
  expect((await start(root)).out).toBe(join(root, 'ntp-server/greeting.txt'));
});
