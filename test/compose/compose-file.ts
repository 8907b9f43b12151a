import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.tuple([z.literal('CMD')], z.string()),
    interval: z.string(),
    timeout: z.string(),
    start_period: z.string(),
    retries: z.int().positive(),
  }),
]);

/** What we use of the Compose Specification, and nothing else: what a service may do is read here at a glance. */
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }),
  command: z.array(z.string()).nonempty(),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges')]),
  read_only: z.literal(true),
  tmpfs: z.tuple([z.literal('/tmp')]),
  networks: z.array(z.string()).nonempty(),
  volumes: z.array(z.string().regex(/^[a-z]+:\/data$/)).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  restart: z.literal('unless-stopped').optional(),
  stop_grace_period: z.string().optional(),
  healthcheck,
});
export type Service = z.infer<typeof service>;

const composeFile = z.strictObject({
  'x-flowlab': z.unknown(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({ internal: z.literal(true).optional() })),
  volumes: z.record(z.string(), z.strictObject({})),
});
export type ComposeFile = z.infer<typeof composeFile>;

/** compose.yaml as data, with YAML's merges done. */
export const readData = (): unknown => parse(readFileSync('compose.yaml', 'utf8'), { merge: true });

/** Throws when compose.yaml has a key or a value we do not use. */
export const readComposeFile = (): ComposeFile => composeFile.parse(readData());

/**
 * The Compose Specification's own schema, from a file of somebody else's. It says 2019-09 but keeps to draft 7; its
 * durations are `10s`, not the ISO's that JSON Schema's format means.
 */
export function specificationSchema(file: string): z.ZodType {
  const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    key === 'format' && value === 'duration' ? undefined : value,
  ) as Record<string, unknown>;
  return z.fromJSONSchema({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
}
