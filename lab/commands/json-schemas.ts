import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { reportSchema } from '../report/report.ts';
import { scenarioSchema } from '../scenario/schema.ts';

/** The schemas that are published in `schema/`, by file name; `write-json-schemas.ts` writes them. */
export const JSON_SCHEMAS = {
  'scenario.schema.json': () => document('flowlab scenario', z.toJSONSchema(scenarioSchema, { io: 'input' })),
  'report.schema.json': () => document('flowlab report.json', z.toJSONSchema(reportSchema)),
} as const;

export type JsonSchemaFile = keyof typeof JSON_SCHEMAS;

/** Where a published schema lies. */
export const schemaPath = (file: JsonSchemaFile): string => fileURLToPath(new URL(`../../schema/${file}`, import.meta.url));

function document(title: string, { $schema, ...schema }: object & { $schema?: string | undefined }): string {
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`;
}
