import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import type { FieldValue } from '../../core/ipfix/record-values.ts';
import type { Template } from '../../core/ipfix/template.ts';
import type { Encoding, ExportInstant } from './encoding.ts';
import type { Exported, NotSent } from './option-values.ts';

/** The largest delta counters a record can tell; more is told in several records. */
export interface CounterLimits {
  readonly octets: number;
  readonly packets: number;
}

/** Records one flow may become: 268 MB with an octet counter of two octets, 17 TB with one of four. */
const MOST_PARTS = 4_096;

/**
 * Messages of an encoding one after the other: what does not fit the one under way goes into the next, and what the protocol
 * cannot carry is counted.
 */
export class MessageStream {
  readonly exported = nothing();
  readonly notSent: NotSent = { records: 0, times: 0, flows: 0, packets: 0, octets: 0, firstMs: 0, lastMs: 0 };
  readonly #encoding: Encoding;
  readonly #limits: CounterLimits;
  readonly #messages: Uint8Array[] = [];
  /** What is in the Message under way, in those that wait, and in the one that was polled last. */
  #content = nothing();
  readonly #contents: Exported[] = [];
  #polled = nothing();
  #at: ExportInstant = { unixS: 0, unixNs: 0, uptimeMs: 0 };
  #isEmpty = true;

  constructor(encoding: Encoding, limits: CounterLimits) {
    this.#encoding = encoding;
    this.#limits = limits;
  }

  /** A new Transport Session: the next Message is the first. */
  beginSession(): void {
    this.#encoding.beginSession();
  }

  begin(at: ExportInstant): void {
    this.#at = at;
    this.#isEmpty = true;
    this.#content = nothing();
    this.#encoding.begin(at);
  }

  addTemplate(template: Template): void {
    if (this.#encoding.isTemplated) this.#add(() => this.#encoding.addTemplate(template));
  }

  addValues(template: Template, values: readonly FieldValue[]): void {
    if (!this.#encoding.isTemplated || !this.#add(() => this.#encoding.addValues(template, values))) this.notSent.records++;
  }

  /** Adds row `row`; one whose counters are too large leaves as several records that add up to it. */
  addFlow(batch: MeteredBatch, row: number): void {
    let octets = batch.octetDeltaCount[row] as number;
    let packets = batch.packetDeltaCount[row] as number;
    if (!this.#encoding.carries(batch, row)) {
      this.notSent.records++;
      const { reversePacketDeltaCount, reverseOctetDeltaCount } = batch;
      this.#notSent(
        this.#at,
        1,
        packets + (reversePacketDeltaCount[row] as number),
        octets + (reverseOctetDeltaCount[row] as number),
      );
      return;
    }
    const { octets: octetLimit, packets: packetLimit } = this.#limits;
    let parts = Math.max(1, Math.ceil(Math.max(octets / octetLimit, packets / packetLimit)));
    if (parts > MOST_PARTS) {
      parts = MOST_PARTS;
      const octetsTold = Math.min(octets, parts * octetLimit);
      const packetsTold = Math.min(packets, parts * packetLimit);
      this.#notSent(this.#at, 0, packets - packetsTold, octets - octetsTold);
      octets = octetsTold;
      packets = packetsTold;
    }
    for (let part = 0; part < parts; part++) {
      if (parts > 1) {
        batch.octetDeltaCount[row] = share(octets, part, parts);
        batch.packetDeltaCount[row] = share(packets, part, parts);
        // What came back is told once.
        if (part > 0) {
          batch.reverseOctetDeltaCount[row] = 0;
          batch.reversePacketDeltaCount[row] = 0;
        }
      }
      this.#addRow(batch, row);
    }
  }

  /** Ends the Message; one without any record is not sent. */
  finish(): void {
    if (this.#isEmpty) return;
    const content = this.#content;
    content.messages = 1;
    content.dataRecords = this.#encoding.dataRecordCount;
    const message = this.#encoding.finish();
    content.messageOctets = message.length;
    this.#messages.push(message);
    this.#contents.push(content);
    count(this.exported, content, 1);
  }

  /** The Message that was polled last could not be sent. Its numbers stay taken, so a collector sees that it lacks something. */
  giveUp(at: ExportInstant): void {
    const content = this.#polled;
    this.#polled = nothing();
    count(this.exported, content, -1);
    if (content.flows > 0) this.#notSent(at, content.flows, content.packets, content.octets);
  }

  /** The next Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    this.#polled = this.#contents.shift() ?? nothing();
    return this.#messages.shift();
  }

  #addRow(batch: MeteredBatch, row: number): void {
    if (!this.#encoding.addFlow(batch, row)) {
      this.#turn();
      this.#encoding.addFlow(batch, row);
    }
    if (this.#encoding.clampsTimes(batch, row)) this.notSent.times++;
    this.#isEmpty = false;
    const content = this.#content;
    content.flows++;
    content.packets += (batch.packetDeltaCount[row] as number) + (batch.reversePacketDeltaCount[row] as number);
    content.octets += (batch.octetDeltaCount[row] as number) + (batch.reverseOctetDeltaCount[row] as number);
  }

  #add(record: () => boolean): boolean {
    if (!record()) {
      this.#turn();
      if (!record()) return false;
    }
    this.#isEmpty = false;
    return true;
  }

  #turn(): void {
    this.finish();
    this.begin(this.#at);
  }

  #notSent({ unixS, unixNs }: ExportInstant, flows: number, packets: number, octets: number): void {
    const { notSent } = this;
    notSent.flows += flows;
    notSent.packets += packets;
    notSent.octets += octets;
    notSent.lastMs = unixS * 1_000 + Math.floor(unixNs / 1e6);
    notSent.firstMs ||= notSent.lastMs;
  }
}

const nothing = (): Exported => ({ messages: 0, messageOctets: 0, dataRecords: 0, flows: 0, packets: 0, octets: 0 });

/** Adds what one Message has, or takes it away. */
function count(total: Exported, message: Exported, times: 1 | -1): void {
  total.messages += times * message.messages;
  total.messageOctets += times * message.messageOctets;
  total.dataRecords += times * message.dataRecords;
  total.flows += times * message.flows;
  total.packets += times * message.packets;
  total.octets += times * message.octets;
}

/** Part number `part` of a whole number split into whole parts. */
const share = (whole: number, part: number, parts: number): number =>
  Math.floor((whole * (part + 1)) / parts) - Math.floor((whole * part) / parts);
