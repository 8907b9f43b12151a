import { readingSchema } from '../reading/config.ts';
import type { Invocation } from './command-line.ts';

/** What `--read` with its companions asks for. */
export function interpretReading(file: string, port: number | undefined, limits: readonly string[], json: boolean): Invocation {
  if (port !== undefined && (port === 0 || port > 65_535))
    return { kind: 'usage', message: `--port ${port}: a port is 1 to 65535` };
  const given: Record<string, number> = {};
  for (const text of limits) {
    const match = /^(\w+)=(\d+)$/.exec(text);
    if (match === null) return { kind: 'usage', message: `--limit ${text}: expected name=value, such as maxTemplates=100` };
    given[match[1] as string] = Number(match[2]);
  }
  const parsed = readingSchema.safeParse(given);
  if (parsed.success) return { kind: 'read', options: { file, port, json, config: parsed.data } };
  const [issue] = parsed.error.issues;
  return { kind: 'usage', message: `--limit: ${[...(issue?.path ?? []), issue?.message].join(' ')}` };
}
