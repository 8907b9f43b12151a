import { readFileSync } from 'node:fs';

/** The text of a certificate or a key. Throws an Error of one sentence when it cannot be read. */
export function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
