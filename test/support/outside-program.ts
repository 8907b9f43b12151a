import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const missing = new Set<string>();

/**
 * Whether a program of other people can be run: by name on PATH, or by its path. Says so in a sentence when it cannot. A name
 * listed in FLOWLAB_REQUIRE (with commas or spaces between) must be there: a missing one is an error, so nobody takes a
 * skipped test for a passed one.
 */
export function hasProgram(name: string): boolean {
  const candidates = name.includes('/')
    ? [name]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  if (candidates.some(isExecutable)) return true;
  if ((process.env['FLOWLAB_REQUIRE'] ?? '').split(/[\s,]+/).includes(name)) {
    throw new Error(`${name} is named in FLOWLAB_REQUIRE but not on PATH`);
  }
  if (!missing.has(name)) console.info(`skipped: ${name} is not installed, so what it says is not compared with us`);
  missing.add(name);
  return false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
