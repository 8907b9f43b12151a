import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** No oscillator that is worth correcting is further off, in parts per million. */
const MAX_PPM = 500;

/**
 * The frequency correction a clock had when it was last kept, in parts per million, as ntpd's drift file has it: the first number of
 * the first line. `undefined` when there is no such file; throws an Error of one sentence when it holds something else.
 */
export function readDriftFile(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Error(`cannot read the drift file ${path}: ${message}`, { cause: error });
  }
  const [word = ''] = text.trim().split(/\s/, 1);
  const ppm = word === '' ? Number.NaN : Number(word);
  if (Math.abs(ppm) <= MAX_PPM) return ppm;
  throw new Error(
    `${path}:1:1 "${word.slice(0, 40)}" is not a frequency from -${MAX_PPM} to ${MAX_PPM} parts per million; delete the file to begin anew`,
  );
}

/** Keeps a frequency correction; the file is there as a whole or not at all. Throws an Error of one sentence when it cannot be written. */
export function writeDriftFile(path: string, ppm: number): void {
  try {
    writeFileSync(`${path}.new`, `${ppm.toFixed(6)}\n`);
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new Error(`cannot write the drift file ${path}: ${(error as Error).message}`, { cause: error });
  }
}
