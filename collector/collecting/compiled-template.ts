import { compileDecoder, type RecordDecoder } from '../../core/ipfix/record-decoder.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { columnOf } from './flow-columns.ts';
import { templateIPVersion, type TemplateIPVersion } from './ip-version.ts';
import { describesNatEvents, natEventColumnOf } from './nat-event-columns.ts';
import { optionsTableOf, type OptionsTable } from './options-table.ts';

/** A Template with what its Data Records are for. */
export interface CompiledTemplate {
  readonly template: Template;
  /** Flow Records and NAT events go to batches, records of another kind are only counted; all by the decoder. */
  readonly purpose: 'flows' | 'nat-events' | 'options' | 'other';
  readonly decoder: RecordDecoder;
  /** Of Flow Records. */
  readonly ipVersion: TemplateIPVersion;
  readonly table: OptionsTable | undefined;
}

/** `undefined` when its records would take no room: a Data Set could hold any number of them. */
export function compileTemplate(template: Template): CompiledTemplate | undefined {
  const isNatEvents = template.scopeFieldCount === 0 && describesNatEvents(template);
  const decoder = compileDecoder(template, isNatEvents ? natEventColumnOf : columnOf);
  if (decoder.minimumLength === 0) return undefined;
  const known = { template, decoder, ipVersion: templateIPVersion(decoder.boundColumns) };
  if (template.scopeFieldCount > 0) return { ...known, purpose: 'options', table: optionsTableOf(template) };
  if (isNatEvents) return { ...known, purpose: 'nat-events', table: undefined };
  return { ...known, purpose: decoder.boundColumns.length > 0 ? 'flows' : 'other', table: undefined };
}
