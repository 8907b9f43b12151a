import { MeteredBatch } from '../../core/flow/metered-batch.ts';
import { MessageWriter } from '../../core/ipfix/message-writer.ts';
import { compileEncoder, type Columns } from '../../core/ipfix/record-encoder.ts';
import type { FieldValue } from '../../core/ipfix/record-values.ts';
import { minimumRecordLength, type Template } from '../../core/ipfix/template.ts';
import { after, NS_PER_MS, NS_PER_S, unixMs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { APPLICATION_TEMPLATE, DNS_NAME_TEMPLATE, FLOW_COLUMNS, FLOW_TEMPLATE } from './templates.ts';
import type { ExportingConfig } from './config.ts';

/** A name in the router's table of applications. */
export interface ApplicationName {
  readonly id: number;
  readonly name: string;
}

/** Octets of a Message that are not Data Records: its header and one Set header (RFC 7011 section 3). */
const OVERHEAD_OCTETS = 16 + 4;

/**
 * The Exporting Process over UDP: fills Messages with Flow Records, sends Templates before the first Data Record and again
 * every `templateRefreshS`, and numbers Data Records (not Messages) as RFC 7011 section 3.1 asks.
 */
export class ExportingProcess {
  /** The Metering Process writes its Flow Records into this, then calls `recordsAdded`. */
  readonly batch: MeteredBatch;
  /** What has been exported so far; `dataRecords` counts options data too, `flows` does not. */
  readonly exported = { messages: 0, dataRecords: 0, flows: 0, packets: 0, octets: 0 };

  readonly #config: ExportingConfig;
  readonly #clock: VirtualClock;
  readonly #epoch: Epoch;
  readonly #applications: readonly ApplicationName[];
  readonly #names = new Map<number, string>();
  /** Those to be announced. */
  readonly #templates: Template[];
  readonly #encoder = compileEncoder(FLOW_TEMPLATE, FLOW_COLUMNS);
  readonly #writer: MessageWriter;
  readonly #messages: Uint8Array[] = [];
  /** Data Records that are no Flow Records and have not left yet, and the least octets they take. */
  #waiting: { readonly template: Template; readonly values: readonly FieldValue[] }[] = [];
  #waitingOctets = 0;
  #sequence = 0;
  #deadline: TrueNs | undefined;
  #refreshAt: TrueNs;

  constructor(
    config: ExportingConfig,
    applications: readonly ApplicationName[],
    clock: VirtualClock,
    epoch: Epoch,
    startedAt: TrueNs,
  ) {
    this.#config = config;
    this.#applications = config.applicationIds ? applications : [];
    this.#clock = clock;
    this.#epoch = epoch;
    this.#writer = new MessageWriter({ maxMessageLength: config.maxMessageLength });
    this.batch = new MeteredBatch(Math.floor((config.maxMessageLength - OVERHEAD_OCTETS) / this.#encoder.length));
    this.#refreshAt = startedAt;
    this.#templates = [
      FLOW_TEMPLATE,
      ...(this.#applications.length > 0 ? [APPLICATION_TEMPLATE] : []),
      ...(config.dnsNames ? [DNS_NAME_TEMPLATE] : []),
    ];
  }

  /** To be called after records were added to `batch`: sends it when it is full. */
  recordsAdded(now: TrueNs): void {
    if (this.batch.length === this.batch.capacity) this.flush(now);
    else if (this.batch.length > 0) this.#deadline ??= after(now, this.#config.maxDelayMs * NS_PER_MS);
  }

  /** Tells the collector, when so configured, that DNS answered `address` for `name`. */
  learnName(now: TrueNs, address: number, name: string): void {
    if (!this.#config.dnsNames || this.#names.get(address) === name) return;
    this.#names.set(address, name);
    this.#sendTemplatesIfDue(now);
    this.#sendRecords(now, DNS_NAME_TEMPLATE, [[address, name]]);
  }

  /**
   * Exports a Data Record that is no Flow Record, such as a NAT event; its Template is announced before the first. Records wait as
   * Flow Records do, for a Message's worth of them or `maxDelayMs`.
   */
  exportRecord(now: TrueNs, template: Template, values: readonly FieldValue[]): void {
    this.#waiting.push({ template, values });
    this.#waitingOctets += minimumRecordLength(template.fields);
    if (this.#waitingOctets > this.#config.maxMessageLength - OVERHEAD_OCTETS) this.#sendWaiting(now);
    else this.#deadline ??= after(now, this.#config.maxDelayMs * NS_PER_MS);
  }

  nextTimeout(): TrueNs {
    return this.#deadline !== undefined && this.#deadline < this.#refreshAt ? this.#deadline : this.#refreshAt;
  }

  handleTimeout(now: TrueNs): void {
    this.#sendTemplatesIfDue(now);
    if (this.#deadline !== undefined && this.#deadline <= now) this.flush(now);
  }

  /** The next Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.#messages.shift();
  }

  /** Sends what waits without waiting for it to fill a Message. */
  flush(now: TrueNs): void {
    this.#deadline = undefined;
    this.#sendWaiting(now);
    if (this.batch.length === 0) return;
    this.#sendTemplatesIfDue(now);
    const batch = this.batch;
    this.#begin(now);
    for (let row = 0; row < batch.length; row++) {
      this.#writer.addRecord(this.#encoder, batch as unknown as Columns, row);
      this.exported.packets += batch.packetDeltaCount[row] as number;
      this.exported.octets += batch.octetDeltaCount[row] as number;
    }
    this.exported.flows += batch.length;
    batch.length = 0;
    this.#finish();
  }

  /**
   * Sends all Templates. As the last Message of an orderly end it shows the collector by its sequence number whether the
   * records before it arrived.
   */
  sendTemplateMessage(now: TrueNs): void {
    this.#begin(now);
    for (const template of this.#templates) {
      if (this.#writer.addTemplate(template)) continue;
      this.#finish();
      this.#begin(now);
      this.#writer.addTemplate(template);
    }
    this.#finish();
  }

  #sendTemplatesIfDue(now: TrueNs): void {
    if (now < this.#refreshAt) return;
    this.#refreshAt = after(now, this.#config.templateRefreshS * NS_PER_S);
    this.sendTemplateMessage(now);
    this.#sendRecords(
      now,
      APPLICATION_TEMPLATE,
      this.#applications.map(({ id, name }) => [id, name]),
    );
    this.#sendRecords(now, DNS_NAME_TEMPLATE, [...this.#names]);
  }

  /** Sends what `exportRecord` has kept, in its order: of one Template after the other as many as come in a row. */
  #sendWaiting(now: TrueNs): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingOctets = 0;
    this.#sendTemplatesIfDue(now);
    this.#begin(now);
    for (const { template, values } of waiting) {
      const isNew = !this.#templates.includes(template);
      if (isNew) this.#templates.push(template);
      const isAdded = (): boolean => (!isNew || this.#writer.addTemplate(template)) && this.#writer.addValues(template, values);
      if (isAdded()) continue;
      this.#finish();
      this.#begin(now);
      isAdded();
    }
    this.#finish();
  }

  #sendRecords(now: TrueNs, template: Template, records: readonly (readonly FieldValue[])[]): void {
    if (records.length === 0) return;
    this.#begin(now);
    for (const values of records) {
      if (this.#writer.addValues(template, values)) continue;
      this.#finish();
      this.#begin(now);
      this.#writer.addValues(template, values);
    }
    this.#finish();
  }

  #begin(now: TrueNs): void {
    this.#writer.begin({
      observationDomainId: this.#config.observationDomainId,
      sequenceNumber: this.#sequence,
      exportTimeS: Math.floor(unixMs(this.#epoch, this.#clock.read(now)) / 1_000),
    });
  }

  #finish(): void {
    const records = this.#writer.dataRecordCount;
    this.#messages.push(this.#writer.finish());
    this.#sequence = (this.#sequence + records) % 2 ** 32;
    this.exported.messages++;
    this.exported.dataRecords += records;
  }
}
