import type { z } from 'zod';
import type { KeyPath } from './key-path.ts';

/** The part of zod's schemas that is walked here: https://zod.dev/packages/core. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly options?: readonly Schema[];
  readonly valueType?: Schema;
  readonly values?: readonly unknown[];
}
interface Schema {
  readonly def: Definition;
}

/** The keys a mapping at `path` may have, `undefined` where the schema has none there. */
export function knownKeys(schema: z.ZodType, path: KeyPath, data: unknown): string[] | undefined {
  const { shape } = descend(schema as unknown as Schema, path, data).def;
  return shape === undefined ? undefined : Object.keys(shape);
}

/** What a key chooses among the members of a union: `watch`, `sendMail`. */
export function discriminators(schema: z.ZodType, path: KeyPath, data: unknown): string[] {
  const key = path.at(-1) as string;
  const { options = [] } = unwrap(walk(schema as unknown as Schema, path.slice(0, -1), data).schema).def;
  return options.flatMap((option) => (unwrap(option).def.shape?.[key]?.def.values ?? []).map(String));
}

function descend(schema: Schema, path: KeyPath, data: unknown): Schema {
  const end = walk(schema, path, data);
  return choose(unwrap(end.schema), end.data);
}

function walk(schema: Schema, path: KeyPath, data: unknown): { schema: Schema; data: unknown } {
  let at = schema;
  let value = data;
  for (const step of path) {
    const { shape, element, valueType } = choose(unwrap(at), value).def;
    at = shape?.[step] ?? element ?? valueType ?? { def: { type: 'unknown' } };
    value = (value as Record<string | number, unknown> | undefined)?.[step];
  }
  return { schema: at, data: value };
}

/** The schema inside defaults, options and transformations, before or behind it. */
function unwrap(schema: Schema): Schema {
  const { innerType, in: before, out } = schema.def;
  const inner = innerType ?? (before?.def.type === 'transform' ? out : before);
  return inner === undefined ? schema : unwrap(inner);
}

/** The member of a union whose literals agree with the value, or else the only one with keys for a value that has some. */
function choose(schema: Schema, value: unknown): Schema {
  const { options } = schema.def;
  if (options === undefined) return schema;
  const agrees = ({ def: { shape = {} } }: Schema): boolean =>
    Object.entries(shape).some(
      ([key, { def }]) => def.values?.includes((value as Record<string, unknown> | undefined)?.[key]) === true,
    );
  const members = options.map(unwrap);
  const withKeys = members.filter(({ def: { shape } }) => shape !== undefined);
  const onlyOne = withKeys.length === 1 && typeof value === 'object' ? withKeys[0] : undefined;
  return members.find(agrees) ?? onlyOne ?? schema;
}
