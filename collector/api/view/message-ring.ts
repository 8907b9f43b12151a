import { readMessage } from '../../../core/ipfix/message-reader.ts';
import type { Template } from '../../../core/ipfix/template.ts';

/** An IPFIX Message as it came. */
export interface KeptMessage {
  /** Number since the beginning, from 0. */
  readonly index: number;
  readonly source: string;
  readonly receivedAtUs: number;
  readonly payload: Uint8Array;
  /** Of the header; 0 where there is none. */
  readonly exportTimeS: number;
  readonly sequenceNumber: number;
  readonly observationDomainId: number;
  /** How long the exporter had been on, in milliseconds modulo 2^32, where the header tells it. */
  readonly uptimeMs?: number | undefined;
}

/** Where a Template was told, so that what it decodes can be linked to it. */
export interface ToldTemplate {
  readonly message: number;
  readonly source: string;
  readonly observationDomainId: number;
  readonly template: Template;
}

/** What of the Messages is kept. */
export interface RingLimits {
  readonly maxMessages: number;
  readonly maxOctets: number;
  readonly maxTemplates: number;
}

/** Some minutes of a busy router. */
export const RING_LIMITS: RingLimits = { maxMessages: 5_000, maxOctets: 16 * 2 ** 20, maxTemplates: 2_000 };

/** The newest Messages, for whoever wants to look into them, and all Templates they may be read by. Memory is bounded. */
export class MessageRing {
  readonly #limits: RingLimits;
  readonly #messages: KeptMessage[] = [];
  /** The latest of each, in the order they were told. */
  readonly #templates = new Map<string, ToldTemplate>();
  #octets = 0;
  #count = 0;

  constructor(limits = RING_LIMITS) {
    this.#limits = limits;
  }

  /** How many Messages there were, those forgotten too. */
  get count(): number {
    return this.#count;
  }

  /** Those kept, the oldest first. */
  get messages(): readonly KeptMessage[] {
    return this.#messages;
  }

  /** Keeps a copy. */
  add(source: string, receivedAtUs: number, payload: Uint8Array): void {
    const index = this.#count++;
    const copy = payload.slice();
    let head = { exportTimeS: 0, sequenceNumber: 0, observationDomainId: 0 };
    readMessage(new DataView(copy.buffer), {
      message: (header) => (head = header),
      template: (observationDomainId, template) => this.#learn({ message: index, source, observationDomainId, template }),
      withdrawal: () => undefined,
      dataSet: () => undefined,
      issue: () => undefined,
    });
    const { exportTimeS, sequenceNumber, observationDomainId } = head;
    this.#messages.push({ index, source, receivedAtUs, payload: copy, exportTimeS, sequenceNumber, observationDomainId });
    this.#octets += copy.length;
    this.#forget();
  }

  /** The Message of that number, if it is still kept. */
  at(index: number): KeptMessage | undefined {
    return this.#messages[index - (this.#messages[0]?.index ?? 0)];
  }

  /** The latest Message of an exporter, by its address, with that sequence number, if it is still kept. */
  latest(address: string, observationDomainId: number, sequenceNumber: number): KeptMessage | undefined {
    return this.#messages.findLast(
      (message) =>
        message.sequenceNumber === sequenceNumber &&
        message.observationDomainId === observationDomainId &&
        message.source.startsWith(`${address}:`),
    );
  }

  /** The Template that a Data Set of a Message is read by: the latest of its session. */
  templateFor({ source, observationDomainId }: KeptMessage, id: number): ToldTemplate | undefined {
    return this.#templates.get(keyOf(source, observationDomainId, id));
  }

  #learn(told: ToldTemplate): void {
    const key = keyOf(told.source, told.observationDomainId, told.template.id);
    // Set anew, so that what was told least lately is forgotten first.
    this.#templates.delete(key);
    this.#templates.set(key, told);
    const [oldest] = this.#templates.keys();
    if (this.#templates.size > this.#limits.maxTemplates && oldest !== undefined) this.#templates.delete(oldest);
  }

  /** Many at once, and seldom: to take the first from a list moves all others. */
  #forget(): void {
    const { maxMessages, maxOctets } = this.#limits;
    if (this.#messages.length <= maxMessages && this.#octets <= maxOctets) return;
    let gone = 0;
    while (
      gone < this.#messages.length - 1 &&
      (this.#messages.length - gone > 0.9 * maxMessages || this.#octets > 0.9 * maxOctets)
    ) {
      this.#octets -= (this.#messages[gone] as KeptMessage).payload.length;
      gone++;
    }
    this.#messages.splice(0, gone);
  }
}

const keyOf = (source: string, observationDomainId: number, id: number): string => `${source} ${observationDomainId} ${id}`;
