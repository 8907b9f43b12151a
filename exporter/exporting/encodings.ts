import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import { Slab } from '../../core/bytes/slab.ts';
import { MessageWriter } from '../../core/ipfix/message-writer.ts';
import type { Columns } from '../../core/ipfix/record-encoder.ts';
import type { FieldValue } from '../../core/ipfix/record-values.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { V5Writer, type V5Sampling } from '../../core/netflow/v5-writer.ts';
import { V9Writer } from '../../core/netflow/v9-writer.ts';
import type { ExportingConfig } from './config.ts';
import type { Encoding, ExportInstant } from './encoding.ts';
import { flowTemplateOf, v5EncoderOf, type FlowTemplate } from './flow-templates.ts';
import type { Sampling } from './meter-facts.ts';

/** The Templates of Flow Records by IP version at the Observation Point, and of those that NAT64 gives the other version. */
export interface FlowTemplates {
  readonly v4: FlowTemplate;
  readonly v6: FlowTemplate;
  readonly nat64OfV4: FlowTemplate;
  readonly nat64OfV6: FlowTemplate;
}

export const flowTemplatesOf = (config: ExportingConfig): FlowTemplates => ({
  v4: flowTemplateOf(config, { ipVersion: 4, isNat64: false }),
  v6: flowTemplateOf(config, { ipVersion: 6, isNat64: false }),
  nat64OfV4: flowTemplateOf(config, { ipVersion: 4, isNat64: true }),
  nat64OfV6: flowTemplateOf(config, { ipVersion: 6, isNat64: true }),
});

/** The Template of a row. */
export function flowTemplateFor(flows: FlowTemplates, batch: MeteredBatch, row: number): FlowTemplate {
  if (batch.ipVersion[row] === 6) return batch.postNatSourceAddress[row] === 0 ? flows.v6 : flows.nat64OfV6;
  // No address that NAT64 deals with begins with a word of zeros.
  return batch.postNatSourceIPv6[4 * row] === 0 ? flows.v4 : flows.nat64OfV4;
}

const MODULUS = 2 ** 32;
/** Octets of a Message that are not Data Records: its header and one Set header. */
const IPFIX_OVERHEAD = 16 + 4;
const V9_OVERHEAD = 20 + 4;
const V5_MAX_INTERVAL = 2 ** 14 - 1;

/** The encoding of the configured protocol; finished Messages are copied into `slab`. */
export function encodingOf(config: ExportingConfig, flows: FlowTemplates, sampling: Sampling, slab = Slab.endless()): Encoding {
  switch (config.protocol) {
    case 'ipfix':
      return new IpfixEncoding(config, flows, slab);
    case 'netflow-v9':
      return new V9Encoding(config, flows, slab);
    case 'netflow-v5':
      return new V5Encoding(config, sampling, slab);
  }
}

/** What IPFIX and NetFlow v9 have in common: records by Template. */
abstract class TemplatedEncoding implements Encoding {
  readonly isTemplated = true;
  readonly flowsPerMessage: number;
  protected abstract readonly writer: MessageWriter | V9Writer;
  readonly #flows: FlowTemplates;

  constructor(config: ExportingConfig, flows: FlowTemplates, overhead: number) {
    this.#flows = flows;
    this.flowsPerMessage = Math.floor((config.maxMessageLength - overhead) / flows.v4.encoder.length);
  }

  abstract beginSession(): void;
  abstract begin(at: ExportInstant): void;
  abstract finish(): Uint8Array;

  get dataRecordCount(): number {
    return this.writer.dataRecordCount;
  }

  carries(): boolean {
    return true;
  }

  clampsTimes(_batch: MeteredBatch, _row: number): boolean {
    return false;
  }

  addTemplate(template: Template): boolean {
    return this.writer.addTemplate(template);
  }

  addFlow(batch: MeteredBatch, row: number, count = 1): boolean {
    const { encoder } = flowTemplateFor(this.#flows, batch, row);
    return this.writer.addRecord(encoder, batch as unknown as Columns, row, count);
  }

  addValues(template: Template, values: readonly FieldValue[]): boolean {
    return this.writer.addValues(template, values);
  }
}

/** RFC 7011: the sequence number counts Data Records sent before the Message (section 3.1). */
class IpfixEncoding extends TemplatedEncoding {
  protected readonly writer: MessageWriter;
  readonly #observationDomainId: number;
  readonly #roundsUp: boolean;
  /** Columns of times that are told as microseconds before the Export Time. */
  readonly #deltas: readonly ('flowStartMs' | 'flowEndMs')[];
  #exportTimeMs = 0;
  #sequenceNumber = 0;

  constructor(config: ExportingConfig, flows: FlowTemplates, slab: Slab) {
    super(config, flows, IPFIX_OVERHEAD);
    this.writer = new MessageWriter({ maxMessageLength: config.maxMessageLength }, slab);
    this.#observationDomainId = config.observationDomainId;
    // Times before the Export Time cannot tell of the second under way, so the header is at its end.
    this.#roundsUp = config.timestamps === 'delta';
    const deltas = (['flowStart', 'flowEnd'] as const).filter((name) => config.fields.includes(name));
    this.#deltas = this.#roundsUp ? deltas.map((name) => `${name}Ms` as const) : [];
  }

  beginSession(): void {
    this.#sequenceNumber = 0;
  }

  begin({ unixS, unixNs }: ExportInstant): void {
    const exportTimeS = this.#roundsUp && unixNs > 0 ? unixS + 1 : unixS;
    this.#exportTimeMs = exportTimeS * 1_000;
    this.writer.begin({
      observationDomainId: this.#observationDomainId,
      sequenceNumber: this.#sequenceNumber,
      exportTimeS,
    });
  }

  override clampsTimes(batch: MeteredBatch, row: number): boolean {
    for (const column of this.#deltas) {
      const us = Math.round((this.#exportTimeMs - (batch[column][row] as number)) * 1_000);
      if (us < 0 || us >= MODULUS) return true;
    }
    return false;
  }

  finish(): Uint8Array {
    this.#sequenceNumber = (this.#sequenceNumber + this.writer.dataRecordCount) % MODULUS;
    return this.writer.finish();
  }
}

/** RFC 3954: the sequence number counts Export Packets (section 5.1). */
class V9Encoding extends TemplatedEncoding {
  protected readonly writer: V9Writer;
  readonly #sourceId: number;
  #sequenceNumber = 0;

  constructor(config: ExportingConfig, flows: FlowTemplates, slab: Slab) {
    super(config, flows, V9_OVERHEAD);
    this.writer = new V9Writer({ maxPacketLength: config.maxMessageLength }, slab);
    this.#sourceId = config.observationDomainId;
  }

  beginSession(): void {
    this.#sequenceNumber = 0;
  }

  begin({ unixS, uptimeMs }: ExportInstant): void {
    this.writer.begin({ sourceId: this.#sourceId, sequenceNumber: this.#sequenceNumber, unixS, uptimeMs });
  }

  finish(): Uint8Array {
    this.#sequenceNumber = (this.#sequenceNumber + 1) % MODULUS;
    return this.writer.finish();
  }
}

/** NetFlow v5: IPv4 flows only, and the flow sequence counts them. */
class V5Encoding implements Encoding {
  readonly isTemplated = false;
  readonly #writer: V5Writer;
  readonly #encoder: ReturnType<typeof v5EncoderOf>;
  readonly #observationDomainId: number;
  readonly #sampling: V5Sampling;
  #flowSequence = 0;

  constructor(config: ExportingConfig, { mode, interval }: Sampling, slab: Slab) {
    this.#writer = new V5Writer({ maxLength: config.maxMessageLength }, slab);
    this.#encoder = v5EncoderOf(config);
    this.#observationDomainId = config.observationDomainId;
    const sampledMode = mode === 'count' ? 1 : 2;
    this.#sampling = {
      mode: interval === 1 ? 0 : sampledMode,
      interval: interval === 1 ? 0 : Math.min(interval, V5_MAX_INTERVAL),
    };
  }

  get flowsPerMessage(): number {
    return this.#writer.maxRecords;
  }

  get dataRecordCount(): number {
    return this.#writer.recordCount;
  }

  carries(batch: MeteredBatch, row: number): boolean {
    return batch.ipVersion[row] !== 6;
  }

  clampsTimes(): boolean {
    return false;
  }

  beginSession(): void {
    this.#flowSequence = 0;
  }

  begin(at: ExportInstant): void {
    this.#writer.begin({
      ...at,
      flowSequence: this.#flowSequence,
      // The nearest thing v5 has to an Observation Domain: its lower 16 bits.
      engineType: (this.#observationDomainId >>> 8) & 0xff,
      engineId: this.#observationDomainId & 0xff,
      sampling: this.#sampling,
    });
  }

  addTemplate(): boolean {
    return false;
  }

  addFlow(batch: MeteredBatch, row: number, count = 1): boolean {
    return this.#writer.addRecord(this.#encoder, batch as unknown as Columns, row, count);
  }

  addValues(): boolean {
    return false;
  }

  finish(): Uint8Array {
    this.#flowSequence = (this.#flowSequence + this.#writer.recordCount) % MODULUS;
    return this.#writer.finish();
  }
}
