import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUILT = fileURLToPath(new URL('../../dashboard/dist/', import.meta.url));
const BUILDER = fileURLToPath(new URL('../../../bin/build-page.mjs', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Vite names what is in it by a hash of its content. */
const HASHED = '/assets/';

export interface PageFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly content: Buffer;
  readonly gzipped: Buffer;
}

/** The page as Vite has built it, by path: `/` and `/assets/...`. It is small, so it lies in memory. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/**
 * Reads the page. In a checkout where it has never been built it is built first, which `say` is told. Throws an Error of one sentence when it
 * cannot be.
 */
export function readPage(say: (sentence: string) => void): PageFiles {
  if (!existsSync(join(BUILT, 'index.html'))) buildPage(say);
  const names = readdirSync(BUILT, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) in TYPES);
  return new Map(names.map((name) => [pathOf(name), fileOf(name)]));
}

function buildPage(say: (sentence: string) => void): void {
  say('the page has not been built yet; building it takes a few seconds, once');
  const { status, stderr } = spawnSync(process.execPath, [BUILDER], { encoding: 'utf8' });
  if (status !== 0 || !existsSync(join(BUILT, 'index.html')))
    throw new Error(`the page cannot be built, which npm ci and npm run build:page would do: ${stderr.trim().split('\n')[0]}`);
}

function pathOf(name: string): string {
  const path = `/${name.replaceAll(sep, '/')}`;
  return path === '/index.html' ? '/' : path;
}

function fileOf(name: string): PageFile {
  const content = readFileSync(join(BUILT, name));
  return {
    type: TYPES[extname(name)] ?? '',
    cacheControl: pathOf(name).startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
    content,
    gzipped: gzipSync(content, { level: 9 }),
  };
}

/** Its own scripts, styles, connection and report, and nothing else from anywhere. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
