import { stringify } from 'yaml';
import { formatNumber } from '../report/format.ts';
import type { Page } from '../report/layout.ts';

/** What is read of a JSON Schema to explain a key. */
export interface KeySchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, KeySchema>>;
}

/** A scenario as it is written, before defaults. */
export type WrittenScenario = Readonly<Record<string, unknown>>;

/** Told apart from the keys: they have sections of their own. */
const PROSE = new Set(['title', 'description', 'variants', 'checks']);

/** Writes what a scenario shows, each key it sets with what the key means, its variants and its checks. */
export function explainScenario(page: Page, name: string, written: WrittenScenario, schema: KeySchema): void {
  page.line(page.style('bold', `${name}: ${String(written.title)}`));
  if (typeof written.description === 'string') page.text(written.description, { indent: 0 });
  page.heading('What it sets');
  for (const [key, value] of Object.entries(written)) if (!PROSE.has(key)) writeKey(page, key, value, schema.properties?.[key]);
  writeList(page, 'Variants', written.variants, describeVariant);
  writeList(page, 'Checks', written.checks, describeCheck);
  page.line();
  page.line(`To run it: npm run scenario ${name}`);
}

function writeKey(page: Page, key: string, value: unknown, schema: KeySchema | undefined): void {
  if (isMapping(value)) {
    for (const [name, inner] of Object.entries(value)) writeKey(page, `${key}.${name}`, inner, schema?.properties?.[name]);
    return;
  }
  page.text(`${key}: ${describeValue(value)}`);
  if (schema?.description !== undefined) page.text(schema.description, { indent: 6, style: 'dim' });
}

function writeList(page: Page, heading: string, list: unknown, describe: (item: WrittenScenario) => string): void {
  if (!Array.isArray(list) || list.length === 0) return;
  page.heading(heading);
  for (const item of list.filter(isMapping)) page.text(describe(item), { mark: '- ' });
}

const describeVariant = ({ name, set }: WrittenScenario): string =>
  `${String(name)}: ${Object.entries(isMapping(set) ? set : {})
    .map(([key, value]) => `${key} ${describeValue(value)}`)
    .join(', ')}`;

function describeCheck({ name, metric, min, max, equals, variant }: WrittenScenario): string {
  const limits = [
    ['=', equals],
    ['>=', min],
    ['<=', max],
  ].filter((limit): limit is [string, number] => typeof limit[1] === 'number');
  const where = variant === undefined ? '' : ` [${String(variant)}]`;
  return `${String(name)}${where}: ${String(metric)} ${limits.map(([sign, limit]) => `${sign} ${formatNumber(limit)}`).join(' and ')}`;
}

function describeValue(value: unknown): string {
  if (isMapping(value)) return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  if (!Array.isArray(value)) return String(value);
  const names = value.map((item) => (isMapping(item) ? item.name : item));
  return names.every((name) => typeof name === 'string' || typeof name === 'number')
    ? names.join(', ')
    : `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`;
}

const isMapping = (value: unknown): value is WrittenScenario =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
