import { formatStored } from '../../core/net/stored-address.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import type { MessageRing } from '../../collector/api/view/message-ring.ts';
import type { LostRecord, MessageFate, RecordTruth } from '../../collector/api/view/record-truth.ts';
import type { Exporter, IPv4Exporter } from '../../collector/store/flow-store.ts';
import { BUCKET_S } from '../findings/damage.ts';
import type { SentMessage } from '../world/export-path.ts';
import type { TimedRecords } from './timed-records.ts';

/** What a run knows of its records, of all sites; what is added later is seen. */
export interface RecordSource {
  readonly epochUnixMs: number;
  /** In the order they left. */
  readonly sent: readonly SentMessage[];
  /** Known when the run is over. */
  readonly records: readonly TimedRecords[];
  /** The latest first. */
  readonly lost: readonly LostRecord[];
  readonly ring: MessageRing;
}

/** The truth about records, looked up by what the store has of them. */
export class KnownRecords implements RecordTruth {
  readonly #source: RecordSource;
  /** As far as `sent` has been looked through. */
  readonly #messages = new Map<string, SentMessage>();
  #seen = 0;
  #of: readonly TimedRecords[] | undefined;
  /** By row id, beside each of `#of`. */
  #rows: readonly ReadonlyMap<number, number>[] = [];
  #mistimed: ReadonlySet<number> = new Set();

  constructor(source: RecordSource) {
    this.#source = source;
  }

  packetsOf(record: number): { readonly startMs: number; readonly endMs: number } | undefined {
    this.#lookUp();
    for (const [index, rows] of this.#rows.entries()) {
      const row = rows.get(record);
      const times = this.#of?.[index];
      if (row === undefined || times === undefined) continue;
      return { startMs: this.#ms(times.startNs[row]), endMs: this.#ms(times.endNs[row]) };
    }
    return undefined;
  }

  get mistimed(): ReadonlySet<number> {
    this.#lookUp();
    return this.#mistimed;
  }

  /** Of several Messages with a number the latest is meant: it is the one with records. */
  messageOf(exporter: Exporter, sequenceNumber: number): MessageFate | undefined {
    const { sent } = this.#source;
    for (; this.#seen < sent.length; this.#seen++) {
      const message = sent[this.#seen] as SentMessage;
      this.#messages.set(keyOf(message.exporter, message.times.sequenceNumber), message);
    }
    const times = this.#messages.get(keyOf(exporter, sequenceNumber))?.times;
    if (times === undefined) return undefined;
    const { sentNs, arrivedNs, copies } = times;
    return {
      sentMs: this.#ms(sentNs),
      ...(arrivedNs === undefined ? {} : { arrivedMs: this.#ms(arrivedNs) }),
      copies,
    };
  }

  get doubled(): { readonly exporter: IPv4Exporter; readonly sequenceNumber: number }[] {
    const doubled = this.#source.sent.filter(({ times }) => times.copies > 1);
    return doubled.map(({ exporter, times }) => ({ exporter, sequenceNumber: times.sequenceNumber })).reverse();
  }

  get lost(): readonly LostRecord[] {
    return this.#source.lost;
  }

  wireOf({ address, observationDomainId }: Exporter, sequenceNumber: number): number | undefined {
    return this.#source.ring.latest(formatStored(address), observationDomainId, sequenceNumber)?.index;
  }

  #lookUp(): void {
    const { records } = this.#source;
    if (records === this.#of) return;
    this.#of = records;
    this.#rows = records.map(({ id }) => new Map(Array.from(id, (record, row) => [record, row])));
    const bucketOf = (ns: number | undefined): number => Math.floor(this.#ms(ns) / (BUCKET_S * 1_000));
    const mistimed = records.flatMap(({ id, startNs, storedStartNs }) =>
      Array.from(id).filter((_, row) => bucketOf(startNs[row]) !== bucketOf(storedStartNs[row])),
    );
    this.#mistimed = new Set(mistimed.sort((one, other) => one - other));
  }

  #ms(ns = 0): number {
    return this.#source.epochUnixMs + ns / NS_PER_MS;
  }
}

const keyOf = ({ address, observationDomainId }: Exporter, sequenceNumber: number): string =>
  `${address} ${observationDomainId} ${sequenceNumber}`;
