import { z } from 'zod';
import type { LiveRequest } from '../view/live-messages.ts';
import { QueryMistake } from '../query-request.ts';

const MAX_PARAMETERS = 32;
const text = z.string().max(4_096);
const id = z.int().min(0);

const parametersSchema = z
  .record(z.string().regex(/^[a-zA-Z][\w-]{0,63}$/), text)
  .refine((parameters) => Object.keys(parameters).length <= MAX_PARAMETERS);

const requestSchema = z.union([
  z.strictObject({ subscribe: id, topic: text, parameters: parametersSchema.exactOptional(), version: id.exactOptional() }),
  z.strictObject({ unsubscribe: id }),
  z.strictObject({
    control: z.strictObject({
      paused: z.boolean().exactOptional(),
      speed: z.union([z.literal('max'), z.number().min(0.01).max(1e6)]).exactOptional(),
    }),
  }),
]);

/** Reads a message of a page. Throws a `QueryMistake`. */
export function readLiveRequest(message: string): LiveRequest {
  const parsed = requestSchema.safeParse(parsedJson(message));
  if (parsed.success) return parsed.data;
  throw new QueryMistake('the message must be {"subscribe": 1, "topic": "..."}, {"unsubscribe": 1} or {"control": {...}}');
}

function parsedJson(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch (error) {
    throw new QueryMistake('the message is not JSON', { cause: error });
  }
}

/** The parameters of a request's address. Throws a `QueryMistake`. */
export function readParameters(query: unknown): ReadonlyMap<string, string> {
  const parsed = parametersSchema.safeParse({ ...(query as object) });
  if (!parsed.success) throw new QueryMistake(`parameters must be given once each, ${MAX_PARAMETERS} at most`);
  return new Map(Object.entries(parsed.data));
}
