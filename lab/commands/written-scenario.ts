import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import type { WrittenScenario } from './explain.ts';
import { UsageError } from './failure.ts';

/** A scenario file as it is written: unchecked, without defaults. Throws a UsageError when it is not a mapping in YAML. */
export function readWritten(file: string): WrittenScenario {
  const written: unknown = parseFile(file);
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new UsageError(`${basename(file)} does not hold keys and values`);
  }
  return written as WrittenScenario;
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'), { prettyErrors: false });
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new UsageError(`${basename(file)} is not YAML: ${error.message}`);
  }
}
