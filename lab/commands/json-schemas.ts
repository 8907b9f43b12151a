import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { reportSchema } from '../report/report.ts';
import { scenarioSchema } from '../scenario/schema.ts';

/**
 * The schemas that are published in `schema/`, by file name; `write-json-schemas.ts` writes them. That of the report has once, under `$defs`,
 * what it needs again and again. That of scenarios has all of it in place, as editors would else name such a definition (`Expected "__schema9"`)
 * where an object is expected.
 */
export const JSON_SCHEMAS = {
  'scenario.schema.json': () => document('flowlab scenario', z.toJSONSchema(scenarioSchema, { io: 'input' })),
  'report.schema.json': () => document('flowlab report.json', z.toJSONSchema(reportSchema, { reused: 'ref' })),
} as const;

export type JsonSchemaFile = keyof typeof JSON_SCHEMAS;

/** Where a published schema lies. */
export const schemaPath = (file: JsonSchemaFile): string => fileURLToPath(new URL(`../../schema/${file}`, import.meta.url));

function document(title: string, { $schema, ...schema }: object & { $schema?: string | undefined }): string {
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`;
}
