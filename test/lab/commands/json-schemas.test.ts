import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JSON_SCHEMAS, schemaPath, type JsonSchemaFile } from '../../../lab/commands/json-schemas.ts';

describe.each(Object.keys(JSON_SCHEMAS) as JsonSchemaFile[])('%s', (file) => {
  test('is what the code says; else run `node --import tsx lab/commands/write-json-schemas.ts`', () => {
    expect(readFileSync(schemaPath(file), 'utf8')).toBe(JSON_SCHEMAS[file]());
  });
});

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
