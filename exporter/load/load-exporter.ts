import type { Slab } from '../../core/bytes/slab.ts';
import type { Template } from '../../core/ipfix/template.ts';
import type { ExportingConfig } from '../exporting/config.ts';
import type { Encoding } from '../exporting/encoding.ts';
import { encodingOf, type FlowTemplates } from '../exporting/encodings.ts';
import type { FlowRing, Volume } from './flow-ring.ts';

/** Templates are sent again after so many Messages: at thousands of Messages a second a clock would send hardly any. */
const MESSAGES_PER_REFRESH = 2_000;
/** Routers that have been up for a while have no flow older than themselves. */
const UPTIME_AT_START_MS = 86_400_000;

/** Messages and what they tell of. */
export interface Told extends Volume {
  readonly messages: number;
  readonly flows: number;
}

/**
 * One simulated exporter: the ring's flows in Messages with a domain and numbers of its own. Message `n` always tells of the same
 * rows, so that nothing has to be kept to know what was in it.
 */
export class LoadExporter {
  readonly flowsPerMessage: number;
  /** Messages made so far. */
  messages = 0;
  readonly #ring: FlowRing;
  readonly #encoding: Encoding;
  readonly #template: Template;
  readonly #startMs: number;
  readonly #firstRow: number;
  readonly #countsMessages: boolean;

  /** `flows`: of `config`; `firstRow`: where in the ring it begins; `startMs`: milliseconds since 1970; Messages are copied into `slab`. */
  constructor(ring: FlowRing, config: ExportingConfig, flows: FlowTemplates, firstRow: number, startMs: number, slab: Slab) {
    this.#ring = ring;
    this.#firstRow = firstRow;
    this.#startMs = startMs;
    this.#countsMessages = config.protocol === 'netflow-v9';
    this.#encoding = encodingOf(config, flows, { mode: 'count', interval: 1 }, slab);
    this.#template = flows.v4.template;
    this.flowsPerMessage = this.#encoding.flowsPerMessage;
  }

  /** Whether the next Message has the Template and no flows. */
  get isTemplateNext(): boolean {
    return this.#isTemplate(this.messages);
  }

  /** The next Message, full of flows; now and then one with the Template comes before it. */
  next(nowMs: number): Uint8Array {
    const message = this.messages++;
    const uptimeMs = UPTIME_AT_START_MS + nowMs - this.#startMs;
    const unixS = Math.floor(nowMs / 1_000);
    const encoding = this.#encoding;
    encoding.begin({ unixS, unixNs: (nowMs - unixS * 1_000) * 1e6, uptimeMs });
    if (this.#isTemplate(message)) encoding.addTemplate(this.#template);
    else {
      const { batch } = this.#ring;
      const row = this.rowOf(message);
      const untilEnd = Math.min(this.flowsPerMessage, batch.length - row);
      this.#addFlows(row, untilEnd, nowMs, uptimeMs);
      if (untilEnd < this.flowsPerMessage) this.#addFlows(0, this.flowsPerMessage - untilEnd, nowMs, uptimeMs);
    }
    return encoding.finish();
  }

  /** The ring's row that is the first flow of Message `message`. */
  rowOf(message: number): number {
    return (this.#firstRow + this.#flowsBefore(message)) % this.#ring.batch.length;
  }

  /** The number in the header of Message `message` (RFC 7011 section 3.1, RFC 3954 section 5.1). */
  sequenceOf(message: number): number {
    return (this.#countsMessages ? message : this.#flowsBefore(message)) % 2 ** 32;
  }

  /** What Messages `from` up to but not `to` tell of. */
  told(from: number, to: number): Told {
    const flowsBefore = this.#flowsBefore(from);
    const flows = this.#flowsBefore(to) - flowsBefore;
    return { messages: to - from, flows, ...this.#ring.volume(this.#firstRow + flowsBefore, flows) };
  }

  #addFlows(row: number, count: number, nowMs: number, uptimeMs: number): void {
    this.#ring.date(row, count, nowMs, uptimeMs);
    this.#encoding.addFlow(this.#ring.batch, row, count);
  }

  #isTemplate(message: number): boolean {
    return this.#encoding.isTemplated && message % (MESSAGES_PER_REFRESH + 1) === 0;
  }

  #flowsBefore(message: number): number {
    const templates = this.#encoding.isTemplated ? Math.ceil(message / (MESSAGES_PER_REFRESH + 1)) : 0;
    return (message - templates) * this.flowsPerMessage;
  }
}
