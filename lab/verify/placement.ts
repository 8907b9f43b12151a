import { NS_PER_MS } from '../../core/time/instant.ts';
import type { Conversation, Conversations } from './conversations.ts';
import type { Endpoints } from './endpoints.ts';
import type { Ledger } from './ledger.ts';
import type { Records } from './records.ts';
import type { Span, WallTime } from './wall-time.ts';

/** A record beside the conversation it is about. */
export interface Placement {
  readonly row: number;
  readonly conversation: Conversation;
  /** The stretches of true time its first and last packet passed in. */
  readonly first: Span;
  readonly last: Span;
  /** Whether the conversation has a packet in both. */
  readonly timed: boolean;
  /** Whether packets and octets can be those of the conversation between them. */
  readonly counted: boolean;
  /** Whether it counts every packet of the first and last millisecond: then the figures must match exactly. */
  readonly whole: boolean;
}

/** What a record can be, the earliest first. */
type Readings = readonly [Placement, ...Placement[]];

const NOWHERE: Span = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** The time a record speaks of, and how its figures compare with the truth of that time. */
export class Placer {
  readonly #ledger: Ledger;
  readonly #conversations: Conversations;
  readonly #records: Records;
  readonly #wall: WallTime;
  readonly #epochUnixMs: number;

  constructor(ledger: Ledger, conversations: Conversations, records: Records, wall: WallTime, epochUnixMs: number) {
    this.#ledger = ledger;
    this.#conversations = conversations;
    this.#records = records;
    this.#wall = wall;
    this.#epochUnixMs = epochUnixMs;
  }

  /** True stretches in which the router's clock showed the millisecond. */
  spansOf(unixMs: number): Span[] {
    const wall = (unixMs - this.#epochUnixMs) * NS_PER_MS;
    return this.#wall.spans(wall, wall + NS_PER_MS);
  }

  /** The best reading of the record as one of the conversation, by itself. */
  place(row: number, conversation: Conversation): Placement {
    return this.#readings(row, conversation)[0];
  }

  /**
   * Places all records of a conversation. What a clock that was set back showed twice can fit the packets of either time. Where all
   * packets are told of, the next record begins with the first packet that none has yet, so such records are placed in the order of
   * time, each at the first of its readings where no other has the packets; or, where that leaves more without a place, against the order, at the last. What is
   * told twice is where the other is.
   */
  placeAll(rows: Iterable<number>, conversation: Conversation): Placement[] {
    const placed: Placement[] = [];
    const unsure: Placement[] = [];
    const homeless = new Map<number, Placement>();
    for (const row of rows) {
      const [first, ...others] = this.#readings(row, conversation);
      if (others.length === 0) {
        placed.push(first);
        continue;
      }
      unsure.push(first, ...others);
      homeless.set(row, first);
    }
    unsure.sort((a, b) => a.first.from - b.first.from || a.last.from - b.last.from);
    const forward = this.#inTurn(placed, unsure, homeless);
    if (forward.homeless.size === 0) return forward.placed;
    const backward = this.#inTurn(placed, unsure.toReversed(), homeless);
    const best = backward.homeless.size < forward.homeless.size ? backward : forward;
    const byWords = new Map(best.placed.map((placement) => [this.#wordsOf(placement.row), placement]));
    const besides = [...best.homeless.values()].map((nearest) => ({
      ...(byWords.get(this.#wordsOf(nearest.row)) ?? nearest),
      row: nearest.row,
    }));
    return [...best.placed, ...besides];
  }

  /** Times and figures of a record. */
  #wordsOf(row: number): string {
    const { flowStartMs, flowEndMs, packetDeltaCount, octetDeltaCount } = this.#records.columns;
    return [flowStartMs, flowEndMs, packetDeltaCount, octetDeltaCount].map((column) => column[row]).join(' ');
  }

  /** Places each record at the first of the readings, in their order, where no other has the packets. */
  #inTurn(sure: readonly Placement[], readings: readonly Placement[], unplaced: ReadonlyMap<number, Placement>) {
    const placed = [...sure];
    const homeless = new Map(unplaced);
    for (const reading of readings) {
      if (!homeless.has(reading.row) || !placed.every((other) => this.#canBeBoth(reading, other))) continue;
      placed.push(reading);
      homeless.delete(reading.row);
    }
    return { placed, homeless };
  }

  /** Whether the router used the public endpoint of the record for the conversation at that time. */
  isAttributed(placement: Placement, ends: Endpoints): boolean {
    const train = this.#conversations.firstTrain(placement.conversation, placement.first.from, placement.last.to);
    if (train === undefined || !ends.isSameServer) return false;
    const { publicAddress, publicPort } = this.#ledger.trains;
    return publicAddress.at(train) === ends.publicAddress && publicPort.at(train) === ends.publicPort;
  }

  /** All readings of the record in which time and figures fit; the nearest to it when there is none. */
  #readings(row: number, conversation: Conversation): Readings {
    const { columns } = this.#records;
    const starts = this.spansOf(columns.flowStartMs[row] as number);
    const ends = this.spansOf(columns.flowEndMs[row] as number);
    const fitting: Placement[] = [];
    let nearest: Placement | undefined;
    for (const first of starts) {
      for (const last of ends) {
        if (last.to <= first.from) continue;
        const placement = this.#compare(row, conversation, first, last);
        if (placement.timed && placement.counted) fitting.push(placement);
        if (nearest === undefined || (placement.timed && !nearest.timed)) nearest = placement;
      }
    }
    const [best, ...others] = fitting;
    if (best !== undefined) return [best, ...others];
    const first = starts[0] ?? NOWHERE;
    const last = ends.at(-1) ?? first;
    return [nearest ?? { row, conversation, first, last, timed: false, counted: false, whole: false }];
  }

  /** Whether there are packets enough for two readings of the same conversation. */
  #canBeBoth(a: Placement, b: Placement): boolean {
    if (a.last.to <= b.first.from || b.last.to <= a.first.from) return true;
    const { packetDeltaCount } = this.#records.columns;
    const from = Math.min(a.first.from, b.first.from);
    const { packets } = this.#conversations.tally(a.conversation, from, Math.max(a.last.to, b.last.to));
    return (packetDeltaCount[a.row] as number) + (packetDeltaCount[b.row] as number) <= packets;
  }

  #compare(row: number, conversation: Conversation, first: Span, last: Span): Placement {
    const packets = this.#records.columns.packetDeltaCount[row] as number;
    const octets = this.#records.columns.octetDeltaCount[row] as number;
    const all = this.#conversations.tally(conversation, first.from, last.to);
    const whole = packets === all.packets && octets === all.octets;
    const timed = this.#hasPacket(conversation, first) && this.#hasPacket(conversation, last);
    if (whole || !timed) return { row, conversation, first, last, timed, counted: whole, whole };
    // Other packets of the first and last millisecond may belong to the records before and after.
    const sure = this.#conversations.tally(conversation, first.to, Math.max(first.to, last.from));
    const counted =
      packets < all.packets &&
      packets >= sure.packets + (last.from >= first.to ? 2 : 1) &&
      octets < all.octets &&
      octets > sure.octets;
    return { row, conversation, first, last, timed, counted, whole };
  }

  #hasPacket(conversation: Conversation, { from, to }: Span): boolean {
    return this.#conversations.firstTrain(conversation, from, to) !== undefined;
  }
}
