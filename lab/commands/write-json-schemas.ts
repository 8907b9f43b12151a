/** `node --import tsx lab/commands/write-json-schemas.ts` writes `schema/*.json` anew. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { JSON_SCHEMAS, schemaPath, type JsonSchemaFile } from './json-schemas.ts';

for (const [file, text] of Object.entries(JSON_SCHEMAS)) {
  const path = schemaPath(file as JsonSchemaFile);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text());
}
