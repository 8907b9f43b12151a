import { MeteredBatch } from '../../core/flow/metered-batch.ts';
import type { FieldValue } from '../../core/ipfix/record-values.ts';
import { minimumRecordLength, type Template } from '../../core/ipfix/template.ts';
import { after, NS_PER_MS, NS_PER_S, unixMs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { ExportingConfig } from './config.ts';
import type { ExportInstant } from './encoding.ts';
import { encodingOf, flowTemplateFor, flowTemplatesOf, type FlowTemplates } from './encodings.ts';
import { counterLimits } from './flow-templates.ts';
import { MessageStream } from './message-stream.ts';
import type { MeterFacts } from './meter-facts.ts';
import type { ApplicationName, Exported, ExporterState, NotSent } from './option-values.ts';
import { optionsTablesOf, type OptionsTable } from './options.ts';
import { dnsNameRecord } from './templates.ts';

export type { ApplicationName };

/** A meter nobody told of. */
const UNKNOWN_METER: MeterFacts = {
  activeTimeoutMs: 0,
  inactiveTimeoutMs: 0,
  sampling: { mode: 'count', interval: 1 },
  keys: new Set(),
  ignored: () => ({ packets: 0, octets: 0, firstMs: 0, lastMs: 0 }),
  interfaces: [],
};

/**
 * The Exporting Process over UDP: fills Messages of the configured protocol with Flow Records, and sends Templates and options
 * before the first Data Record and again after `templateRefreshS` or `templateRefreshMessages`.
 */
export class ExportingProcess {
  /** The Metering Process writes its Flow Records into this, then calls `recordsAdded`. */
  readonly batch: MeteredBatch;
  /** What has been exported so far. */
  readonly exported: Exported;
  /** What the protocol could not carry, or the transport could not take. */
  readonly notSent: NotSent;

  readonly #config: ExportingConfig;
  readonly #clock: VirtualClock;
  readonly #epoch: Epoch;
  readonly #applications: readonly ApplicationName[];
  readonly #meter: MeterFacts;
  readonly #names = new Map<number, string>();
  readonly #flows: FlowTemplates;
  readonly #tables: readonly OptionsTable[];
  /** Those to be announced. */
  readonly #templates: Template[];
  readonly #stream: MessageStream;
  /** Data Records that are no Flow Records and have not left yet, and the least octets they take. */
  #waiting: { readonly template: Template; readonly values: readonly FieldValue[] }[] = [];
  #waitingOctets = 0;
  #deadline: TrueNs | undefined;
  #refreshAt: TrueNs;
  #messagesAtRefresh = 0;

  constructor(
    config: ExportingConfig,
    applications: readonly ApplicationName[],
    clock: VirtualClock,
    epoch: Epoch,
    startedAt: TrueNs,
    meter: MeterFacts = UNKNOWN_METER,
  ) {
    this.#config = config;
    this.#applications = config.applicationIds ? applications : [];
    this.#clock = clock;
    this.#epoch = epoch;
    this.#meter = meter;
    this.#flows = flowTemplatesOf(config);
    const encoding = encodingOf(config, this.#flows, meter.sampling);
    this.#stream = new MessageStream(encoding, counterLimits(config));
    this.exported = this.#stream.exported;
    this.notSent = this.#stream.notSent;
    this.batch = new MeteredBatch(encoding.flowsPerMessage);
    this.#refreshAt = startedAt;
    this.#tables = optionsTablesOf(config, [this.#flows.v4, this.#flows.v6], this.#applications.length > 0, meter);
    this.#templates = [this.#flows.v4.template, ...this.#tables.map(({ template }) => template)];
  }

  /** To be called after records were added to `batch`: sends it when it is full. */
  recordsAdded(now: TrueNs): void {
    if (this.batch.length === this.batch.capacity) this.flush(now);
    else if (this.batch.length > 0) this.#deadline ??= after(now, this.#config.maxDelayMs * NS_PER_MS);
  }

  /** Tells the collector, when so configured, that DNS answered `address` for `name`. */
  learnName(now: TrueNs, address: number, name: string): void {
    if (!this.#config.dnsNames || this.#names.get(address) === name) return;
    this.#names.delete(address);
    this.#names.set(address, name);
    if (this.#names.size > this.#config.maxDnsNames) this.#forgetFirstName();
    this.#sendTemplatesIfDue(now);
    const record = dnsNameRecord(address, name);
    this.#send(now, (stream) => stream.addValues(record.template, record.values));
  }

  /**
   * Exports a Data Record that is no Flow Record, such as a NAT event; its Template is announced before the first. Records wait as
   * Flow Records do, for a Message's worth of them or `maxDelayMs`.
   */
  exportRecord(now: TrueNs, template: Template, values: readonly FieldValue[]): void {
    this.#waiting.push({ template, values });
    this.#waitingOctets += minimumRecordLength(template.fields);
    if (this.#waitingOctets >= this.#config.maxMessageLength) this.#sendWaiting(now);
    else this.#deadline ??= after(now, this.#config.maxDelayMs * NS_PER_MS);
  }

  /** A new Transport Session: numbers begin at 0 and Templates are sent before anything else (RFC 7011 sections 3.1 and 8.1). */
  beginSession(now: TrueNs): void {
    this.#stream.beginSession();
    this.#refreshAt = now;
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
    return this.#stream.poll();
  }

  /** The transport did not take the Message that was polled last: its Flow Records are not sent (RFC 7011 section 4.3). */
  giveUp(now: TrueNs): void {
    this.#stream.giveUp(this.#instant(now));
  }

  /** Sends what waits without waiting for it to fill a Message. */
  flush(now: TrueNs): void {
    this.#deadline = undefined;
    this.#sendWaiting(now);
    const { batch } = this;
    if (batch.length === 0) return;
    this.#sendTemplatesIfDue(now);
    this.#announceFlows(now);
    this.#send(now, (stream) => {
      for (let row = 0; row < batch.length; row++) stream.addFlow(batch, row);
    });
    batch.length = 0;
  }

  /**
   * Sends all Templates. As the last Message of an orderly end it shows the collector by its sequence number whether the
   * records before it arrived.
   */
  sendTemplateMessage(now: TrueNs): void {
    this.#send(now, (stream) => this.#templates.forEach((template) => stream.addTemplate(template)));
  }

  #sendTemplatesIfDue(now: TrueNs): void {
    const { templateRefreshS, templateRefreshMessages } = this.#config;
    const sent = this.exported.messages - this.#messagesAtRefresh;
    const isDue = templateRefreshMessages > 0 && sent >= templateRefreshMessages;
    if (now < this.#refreshAt && !isDue) return;
    this.#refreshAt = after(now, templateRefreshS * NS_PER_S);
    this.sendTemplateMessage(now);
    this.#sendTables(now, this.#tables);
    this.#messagesAtRefresh = this.exported.messages;
  }

  #forgetFirstName(): void {
    for (const address of this.#names.keys()) {
      this.#names.delete(address);
      return;
    }
  }

  /** Sends what `exportRecord` has kept, in its order. */
  #sendWaiting(now: TrueNs): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingOctets = 0;
    this.#sendTemplatesIfDue(now);
    for (const { template } of waiting) this.#announce(now, template);
    this.#send(now, (stream) => {
      for (const { template, values } of waiting) stream.addValues(template, values);
    });
  }

  /** Announces the Templates of the Flow Records that wait, and what the tables say of them. */
  #announceFlows(now: TrueNs): void {
    const { batch } = this;
    let known: Template | undefined;
    let isNew = false;
    for (let row = 0; row < batch.length; row++) {
      const { template } = flowTemplateFor(this.#flows, batch, row);
      if (template !== known && this.#announce(now, template)) isNew = true;
      known = template;
    }
    if (!isNew) return;
    this.#sendTables(
      now,
      this.#tables.filter(({ isAboutTemplates }) => isAboutTemplates),
    );
  }

  #sendTables(now: TrueNs, tables: readonly OptionsTable[]): void {
    const state = this.#state(now);
    this.#send(now, (stream) => {
      for (const { template, records } of tables) {
        for (const values of records(state)) stream.addValues(template, values);
      }
    });
  }

  /** Templates that are not in use from the start are announced when they are. Returns whether this one was not. */
  #announce(now: TrueNs, template: Template): boolean {
    if (this.#templates.includes(template)) return false;
    if (this.#templates.some(({ id }) => id === template.id)) throw new Error(`two Templates have the ID ${template.id}`);
    this.#templates.push(template);
    this.#send(now, (stream) => stream.addTemplate(template));
    return true;
  }

  /** Sends what `fill` adds, in as many Messages as it takes. */
  #send(now: TrueNs, fill: (stream: MessageStream) => void): void {
    this.#stream.begin(this.#instant(now));
    fill(this.#stream);
    this.#stream.finish();
  }

  #instant(now: TrueNs): ExportInstant {
    const wall = this.#clock.read(now);
    const ms = unixMs(this.#epoch, wall);
    const unixS = Math.floor(ms / 1_000);
    const nsOfMs = wall - Math.floor(wall / NS_PER_MS) * NS_PER_MS;
    return {
      unixS,
      unixNs: (ms - unixS * 1_000) * NS_PER_MS + nsOfMs,
      uptimeMs: Math.floor(this.#clock.uptime(now) / NS_PER_MS),
    };
  }

  #state(now: TrueNs): ExporterState {
    const { unixS, unixNs, uptimeMs } = this.#instant(now);
    return {
      exported: this.exported,
      notSent: this.notSent,
      meter: this.#meter,
      templates: this.#templates,
      applications: this.#applications,
      names: this.#names,
      systemInitMs: unixS * 1_000 + Math.floor(unixNs / NS_PER_MS) - uptimeMs,
    };
  }
}
