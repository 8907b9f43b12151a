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

/**
 * Messages of an encoding one after the other: what does not fit the one under way goes into the next, and what the protocol
 * cannot carry is counted.
 */
export class MessageStream {
  readonly exported: Exported = { messages: 0, messageOctets: 0, dataRecords: 0, flows: 0, packets: 0, octets: 0 };
  readonly notSent: NotSent = { records: 0, flows: 0, packets: 0, octets: 0, firstMs: 0, lastMs: 0 };
  readonly #encoding: Encoding;
  readonly #limits: CounterLimits;
  readonly #messages: Uint8Array[] = [];
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
    this.#encoding.begin(at);
  }

  addTemplate(template: Template): void {
    if (this.#encoding.isTemplated) this.#add(() => this.#encoding.addTemplate(template));
  }

  addValues(template: Template, values: readonly FieldValue[]): void {
    if (!this.#encoding.isTemplated || !this.#add(() => this.#encoding.addValues(template, values))) this.#leaveOut();
  }

  /** Adds row `row`; one whose counters are too large leaves as several records that add up to it. */
  addFlow(batch: MeteredBatch, row: number): void {
    const octets = batch.octetDeltaCount[row] as number;
    const packets = batch.packetDeltaCount[row] as number;
    if (!this.#encoding.carries(batch, row)) {
      this.#leaveOut();
      this.notSent.flows++;
      this.notSent.packets += packets;
      this.notSent.octets += octets;
      return;
    }
    this.exported.packets += packets + (batch.reversePacketDeltaCount[row] as number);
    this.exported.octets += octets + (batch.reverseOctetDeltaCount[row] as number);
    const parts = Math.max(1, Math.ceil(Math.max(octets / this.#limits.octets, packets / this.#limits.packets)));
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
    const records = this.#encoding.dataRecordCount;
    const message = this.#encoding.finish();
    this.#messages.push(message);
    this.exported.messages++;
    this.exported.messageOctets += message.length;
    this.exported.dataRecords += records;
  }

  /** The next Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.#messages.shift();
  }

  #addRow(batch: MeteredBatch, row: number): void {
    if (!this.#encoding.addFlow(batch, row)) {
      this.#turn();
      this.#encoding.addFlow(batch, row);
    }
    this.#isEmpty = false;
    this.exported.flows++;
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

  #leaveOut(): void {
    const nowMs = this.#at.unixS * 1_000 + Math.floor(this.#at.unixNs / 1e6);
    this.notSent.firstMs ||= nowMs;
    this.notSent.lastMs = nowMs;
    this.notSent.records++;
  }
}

/** Part number `part` of a whole number split into whole parts. */
const share = (whole: number, part: number, parts: number): number =>
  Math.floor((whole * (part + 1)) / parts) - Math.floor((whole * part) / parts);
