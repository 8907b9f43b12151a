/**
 * Turns information-elements.tsv into information-elements.generated.ts. Run it after each change of the table:
 *
 *   node core/ipfix/registry/generate.mjs           writes the file
 *   node core/ipfix/registry/generate.mjs --check   exits with 1 when the file is not what the table gives
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SOURCE = new URL('information-elements.tsv', import.meta.url);
const TARGET = new URL('information-elements.generated.ts', import.meta.url);
const HEADER = ['enterpriseNumber', 'elementId', 'name', 'abstractDataType', 'semantics'];

const [header, ...lines] = readFileSync(SOURCE, 'utf8').trimEnd().split('\n');
if (header !== HEADER.join('\t')) throw new Error(`the first line must be: ${HEADER.join(' ')}`);

const seen = new Set();
const rows = lines.map((line, index) => {
  const where = `information-elements.tsv:${index + 2}`;
  const [enterpriseNumber, elementId, name, dataType, semantics] = line.split('\t');
  if (!/^\d+$/.test(enterpriseNumber) || !/^\d+$/.test(elementId)) throw new Error(`${where}: not a number`);
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) throw new Error(`${where}: not a name: ${name}`);
  if (seen.has(`${enterpriseNumber}.${elementId}`)) throw new Error(`${where}: element twice`);
  seen.add(`${enterpriseNumber}.${elementId}`);
  // An element without semantics has those called "default" (RFC 7012 section 3.2).
  return `  [${enterpriseNumber}, ${elementId}, '${name}', '${dataType}', '${semantics || 'default'}'],\n`;
});

const text = `// Made from information-elements.tsv by generate.mjs; do not edit.
import type { ElementRow } from './information-element.ts';

export const ELEMENT_ROWS: readonly ElementRow[] = [
${rows.join('')}];
`;

if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, text);
} else if (readFileSync(TARGET, 'utf8') !== text) {
  console.error('information-elements.generated.ts is stale: run node core/ipfix/registry/generate.mjs');
  process.exitCode = 1;
}
