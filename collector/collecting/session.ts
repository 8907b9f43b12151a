import { compileDecoder, type RecordDecoder } from '../../core/ipfix/record-decoder.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { SkewAudit } from '../clock-audit/skew-audit.ts';
import type { CollectingConfig } from './config.ts';
import { DuplicateWindow } from './duplicate-window.ts';
import { exporterAddress, type ExporterAddress } from './exporter-address.ts';
import { columnOf } from './flow-columns.ts';
import { templateIPVersion, type TemplateIPVersion } from './ip-version.ts';
import { describesNatEvents, natEventColumnOf } from './nat-event-columns.ts';
import { optionsTableOf, type OptionsTable } from './options-table.ts';
import type { MessageContext } from './message-context.ts';
import { PendingSets, type WaitingSet } from './pending-sets.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import type { SessionSummary } from './session-summary.ts';

/** A Data Set that waits, and the Message it came in. */
interface PendingSet extends WaitingSet {
  readonly message: MessageContext;
}

/** A Template with what its Data Records are for. */
export interface KnownTemplate {
  readonly template: Template;
  /** Flow Records and NAT events go to batches, records of another kind are only counted; all by the decoder. */
  readonly purpose: 'flows' | 'nat-events' | 'options' | 'other';
  readonly decoder: RecordDecoder;
  /** Of Flow Records. */
  readonly ipVersion: TemplateIPVersion;
  readonly table: OptionsTable | undefined;
}

/**
 * A Transport Session and one Observation Domain in it: the scope of Template IDs and of sequence numbers (RFC 7011 sections 3.1 and
 * 3.4.1). Over UDP a session is the sender's address and port.
 */
export class Session {
  readonly source: string;
  readonly observationDomainId: number;
  readonly exporter: ExporterAddress;
  readonly templates = new Map<number, KnownTemplate>();
  readonly sequence: SequenceTracker;
  readonly duplicates: DuplicateWindow;
  readonly pending: PendingSets<PendingSet>;
  readonly skew = new SkewAudit();
  /** As the same of `CollectingCounters`, of this session alone. */
  messages = 0;
  octets = 0;
  dataRecords = 0;
  flowRecords = 0;
  duplicatedMessages = 0;
  reorderedMessages = 0;
  restarts = 0;
  withoutTemplate = 0;
  droppedSets = 0;
  readonly firstHeardUs: number;
  lastHeardUs: number;
  readonly #malformed = new Map<string, number>();

  constructor(source: string, observationDomainId: number, nowUs: number, config: CollectingConfig) {
    this.firstHeardUs = nowUs;
    this.lastHeardUs = nowUs;
    this.source = source;
    this.observationDomainId = observationDomainId;
    this.exporter = exporterAddress(source);
    this.sequence = new SequenceTracker(config);
    this.duplicates = new DuplicateWindow(config.duplicateWindowMessages);
    this.pending = new PendingSets(config.maxPendingOctets);
  }

  fault(code: string): void {
    this.#malformed.set(code, (this.#malformed.get(code) ?? 0) + 1);
  }

  summary(): SessionSummary {
    const { lost } = this.sequence;
    return {
      source: this.source,
      observationDomainId: this.observationDomainId,
      protocol: 'ipfix',
      messages: this.messages,
      octets: this.octets,
      dataRecords: this.dataRecords,
      flowRecords: this.flowRecords,
      duplicatedMessages: this.duplicatedMessages,
      reorderedMessages: this.reorderedMessages,
      lost,
      lostUnit: 'records',
      lostRecords: lost,
      lostMessages: 0,
      restarts: this.restarts,
      withoutTemplate: this.withoutTemplate,
      droppedSets: this.droppedSets,
      malformed: Object.fromEntries(this.#malformed),
      waitingSets: this.pending.size,
      templates: this.templates.size,
      expiredTemplates: 0,
      firstHeardUs: this.firstHeardUs,
      lastHeardUs: this.lastHeardUs,
      skew: this.skew.estimate(),
      reported: {},
      sentStatements: undefined,
    };
  }
}

/** `undefined` when its records would take no room: a Data Set could hold any number of them. */
export function knownTemplate(template: Template): KnownTemplate | undefined {
  const isNatEvents = template.scopeFieldCount === 0 && describesNatEvents(template);
  const decoder = compileDecoder(template, isNatEvents ? natEventColumnOf : columnOf);
  if (decoder.minimumLength === 0) return undefined;
  const known = { template, decoder, ipVersion: templateIPVersion(decoder.boundColumns) };
  if (template.scopeFieldCount > 0) return { ...known, purpose: 'options', table: optionsTableOf(template) };
  if (isNatEvents) return { ...known, purpose: 'nat-events', table: undefined };
  return { ...known, purpose: decoder.boundColumns.length > 0 ? 'flows' : 'other', table: undefined };
}
