import type { z } from 'zod';
import { applySet, type Settings } from './apply-set.ts';
import { ConfigError } from './config-error.ts';
import { mistakesOf } from './mistakes.ts';

/** A configuration without a file: what the settings say, and else the defaults. Throws a `ConfigError` with a sentence for each mistake. */
export function loadSettings<T>(schema: z.ZodType<T>, settings: Settings): T {
  const input = {};
  applySet(input, settings);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigError(mistakesOf(schema, input, parsed.error).map(({ sentence }) => `--set ${sentence}`));
}
