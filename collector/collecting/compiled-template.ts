import { compileDecoder, type RecordDecoder } from '../../core/ipfix/record-decoder.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { COMPLETED_COLUMNS } from './flow-completion.ts';
import { FlowColumns, type Sampling } from './flow-columns.ts';
import { templateIPVersion, type TemplateIPVersion } from './ip-version.ts';
import { describesNatEvents, natEventColumnOf } from './nat-event-columns.ts';
import { optionsTableOf, type OptionsTable } from './options-table.ts';
import { STAMPED_COLUMNS } from './stamp.ts';
import { needsWideBatch } from './wide-batch.ts';

/** Columns that alone make no flow. */
const BESIDE_FLOWS = new Set([
  'flowDirection',
  'sourceAs',
  'destinationAs',
  'vlanId',
  'ingressVrf',
  'egressVrf',
  'samplingInterval',
]);

/** A Template with what its Data Records are for. */
export interface CompiledTemplate {
  readonly template: Template;
  /** Flow Records and NAT events go to batches, records of another kind are only counted; all by the decoder. */
  readonly purpose: 'flows' | 'nat-events' | 'options' | 'other';
  readonly decoder: RecordDecoder;
  /** Columns that rows of its records may have anything in, decoded or completed. */
  readonly writes: readonly string[];
  /** Of Flow Records. */
  readonly ipVersion: TemplateIPVersion;
  readonly tellsDirection: boolean;
  readonly sampling: Sampling | undefined;
  /** Whether they are decoded into a `WideBatch` first. */
  readonly isWide: boolean;
  readonly table: OptionsTable | undefined;
}

/** `undefined` when its records would take no room: a Data Set could hold any number of them. */
export function compileTemplate(template: Template, isV9 = false): CompiledTemplate | undefined {
  const isNatEvents = template.scopeFieldCount === 0 && describesNatEvents(template);
  const columns = new FlowColumns(template);
  const decoder = compileDecoder(template, isNatEvents ? natEventColumnOf : columns.of);
  if (decoder.minimumLength === 0) return undefined;
  const { boundColumns } = decoder;
  const known = {
    template,
    decoder,
    writes: [...boundColumns, ...STAMPED_COLUMNS, ...COMPLETED_COLUMNS],
    ipVersion: templateIPVersion(boundColumns),
    tellsDirection: boundColumns.includes('flowDirection'),
    sampling: columns.sampling,
    isWide: needsWideBatch(boundColumns),
  };
  if (template.scopeFieldCount > 0) return { ...known, purpose: 'options', table: optionsTableOf(template, isV9) };
  if (isNatEvents) return { ...known, purpose: 'nat-events', table: undefined };
  return { ...known, purpose: boundColumns.some((column) => !BESIDE_FLOWS.has(column)) ? 'flows' : 'other', table: undefined };
}
