import type { Template } from '../../../core/ipfix/template.ts';
import { readHead, type DatagramHead } from './export-datagram.ts';

/** An IPFIX Message, or a datagram of another protocol, as it came. */
export interface KeptMessage extends DatagramHead {
  /** Number since the beginning, from 0. */
  readonly index: number;
  readonly source: string;
  readonly receivedAtUs: number;
  readonly payload: Uint8Array;
  /** What its Data Sets are read by, as it was known when it came; those that had to wait are not in it. */
  readonly readBy: ReadonlyMap<number, ToldTemplate>;
}

/** Where a Template was told, so that what it decodes can be linked to it. */
export interface ToldTemplate {
  readonly message: number;
  readonly source: string;
  readonly observationDomainId: number;
  readonly template: Template;
}

/** The Template of an ID in a session: who sends, and its domain. */
export type TemplateOfSession = (
  session: Pick<KeptMessage, 'protocol' | 'source' | 'observationDomainId'>,
  id: number,
) => Template | undefined;

/** What of the Messages is kept. */
export interface RingLimits {
  readonly maxMessages: number;
  readonly maxOctets: number;
  readonly maxTemplates: number;
}

/** What is known of Messages that came before there was a ring. */
export interface EarlierMessages {
  /** Numbers that are taken. */
  readonly count: number;
  readonly templateOf: TemplateOfSession;
}

/** Some minutes of a busy router. */
export const RING_LIMITS: RingLimits = { maxMessages: 5_000, maxOctets: 16 * 2 ** 20, maxTemplates: 2_000 };

/** The newest Messages, for whoever wants to look into them, and all Templates they may be read by. Memory is bounded. */
export class MessageRing {
  readonly limits: RingLimits;
  /** Absent where none came before there was the ring. */
  readonly earlier: EarlierMessages | undefined;
  readonly #messages: KeptMessage[] = [];
  /** The latest of each, in the order they were told. */
  readonly #templates = new Map<string, ToldTemplate>();
  #octets = 0;
  #count: number;

  constructor(limits = RING_LIMITS, earlier?: EarlierMessages) {
    this.limits = limits;
    this.earlier = earlier;
    this.#count = earlier?.count ?? 0;
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
    const readBy = new Map<number, ToldTemplate>();
    const head = readHead(copy, {
      template: (observationDomainId, template) => this.#learn({ message: index, source, observationDomainId, template }),
      dataSet: (observationDomainId, id) => {
        const told = this.#templates.get(keyOf(source, observationDomainId, id));
        if (told !== undefined) readBy.set(id, told);
      },
    });
    this.#messages.push({ index, source, receivedAtUs, payload: copy, readBy, ...head });
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
        // Further exports of the same address have a name behind it.
        message.source.startsWith(`${address}:`) &&
        !message.source.endsWith(')'),
    );
  }

  /** The Template that a Data Set of a Message is read by: the one in force when it came, else the latest of its session. */
  toldFor({ source, observationDomainId, readBy }: KeptMessage, id: number): ToldTemplate | undefined {
    return readBy.get(id) ?? this.#templates.get(keyOf(source, observationDomainId, id));
  }

  /** The same without where it was told: that may be before the ring was there. */
  templateFor(message: KeptMessage, id: number): Template | undefined {
    return this.toldFor(message, id)?.template ?? this.earlier?.templateOf(message, id);
  }

  /** Messages with Data Sets that are read by a Template as a Message told it, the oldest first. */
  readBy(told: number, id: number): number[] {
    return this.#messages.filter(({ readBy }) => readBy.get(id)?.message === told).map(({ index }) => index);
  }

  #learn(told: ToldTemplate): void {
    const key = keyOf(told.source, told.observationDomainId, told.template.id);
    // Set anew, so that what was told least lately is forgotten first.
    this.#templates.delete(key);
    this.#templates.set(key, told);
    const [oldest] = this.#templates.keys();
    if (this.#templates.size > this.limits.maxTemplates && oldest !== undefined) this.#templates.delete(oldest);
  }

  /** Many at once, and seldom: to take the first from a list moves all others. */
  #forget(): void {
    const { maxMessages, maxOctets } = this.limits;
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
