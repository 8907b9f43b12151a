import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { JSON_SCHEMAS, schemaPath, type JsonSchemaFile } from '../../../lab/commands/json-schemas.ts';
import { reportSchema } from '../../../lab/report/report.ts';

describe.each(Object.keys(JSON_SCHEMAS) as JsonSchemaFile[])('%s', (file) => {
  test('is what the code says; else run `node --import tsx lab/commands/write-json-schemas.ts`', () => {
    expect(readFileSync(schemaPath(file), 'utf8')).toBe(JSON_SCHEMAS[file]());
  });
});

test('the schema of a report has definitions, and says with them what it would say without', () => {
  const { $defs, title, ...published } = JSON.parse(JSON_SCHEMAS['report.schema.json']()) as Record<string, unknown>;
  expect(title).toBe('flowlab report.json');
  expect(inPlace(published, $defs as Record<string, unknown>)).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(reportSchema))));
});

/** With each definition where it is referred to; what stands beside `$ref` goes before it. Types alone are a list, as without definitions. */
function inPlace(node: unknown, definitions: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(node)) return node.map((each) => inPlace(each, definitions));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...own } = node as { $ref?: string };
  const inner = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, inPlace(value, definitions)]));
  if ($ref === undefined) return typesOf(inner);
  return { ...(inPlace(definitions[$ref.replace('#/$defs/', '')], definitions) as object), ...inner };
}

function typesOf({ anyOf, ...rest }: Record<string, unknown>): object {
  const types = Array.isArray(anyOf)
    ? anyOf.map((each: object) => (Object.keys(each).join() === 'type' ? Object.values(each)[0] : each))
    : [];
  if (types.length > 0 && types.every((type) => typeof type === 'string')) return { ...rest, type: types };
  return anyOf === undefined ? rest : { ...rest, anyOf };
}

test('every key of a scenario is described', () => {
  expect(undescribed(JSON.parse(JSON_SCHEMAS['scenario.schema.json']()), '')).toEqual([]);
});

interface Node {
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** Paths of the keys without a description; a literal speaks for itself. */
function undescribed(node: Node, path: string): string[] {
  const inner = [...(node.items === undefined ? [] : [node.items]), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return [
    ...inner.flatMap((each) => undescribed(each, `${path}[]`)),
    ...Object.entries(node.properties ?? {}).flatMap(([key, value]) => [
      ...(value.description === undefined && value.const === undefined ? [`${path}.${key}`] : []),
      ...undescribed(value, `${path}.${key}`),
    ]),
  ];
}
