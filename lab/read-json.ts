import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { UsageError } from './commands/failure.ts';

/**
 * Reads a file of JSON that a run left. Throws a UsageError of one sentence when it cannot be read, is no JSON, or not `what` the schema says.
 */
export function readJson<Schema extends z.ZodType>(path: string, schema: Schema, what = 'of this version'): z.output<Schema> {
  const { data, error } = schema.safeParse(parsed(path));
  if (error === undefined) return data;
  const [issue] = error.issues;
  throw new UsageError(`${path} is not ${what}: ${issue?.path.join('.')} ${issue?.message}`);
}

function parsed(path: string): unknown {
  const text = textOf(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
