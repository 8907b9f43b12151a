import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { Conversations, endpointsOf, type Conversation, type Endpoints } from './conversations.ts';
import type { Difference, Gap } from './difference.ts';
import { ConversationJudge, type Timeouts } from './judge-conversation.ts';
import type { Ledger } from './ledger.ts';
import { Placer, type Placement } from './placement.ts';
import { LOST, type Records } from './records.ts';
import { Sentences } from './sentences.ts';
import { WallTime } from './wall-time.ts';

/** What the judge goes by: the truth, the records, and how the router's clock and cache were set. */
export interface Case {
  readonly ledger: Ledger;
  /** Records of the store, and those decoded from datagrams that never arrived. */
  readonly records: Records;
  readonly routerClock: VirtualClock;
  readonly epochUnixMs: number;
  readonly publicAddresses: ReadonlySet<number>;
  readonly timeouts: Timeouts;
}

/**
 * Compares every record with the truth and names each difference once. It knows packets, clocks and timeouts, and nothing
 * of how the router meters or how the collector decodes.
 */
export function judge(facts: Case): Difference[] {
  const court = new Court(facts);
  court.placeAll();
  court.judgeConversations(facts.timeouts);
  court.nameStrangers();
  court.nameGaps();
  return court.differences;
}

class Court {
  readonly differences: Difference[] = [];
  readonly #ledger: Ledger;
  readonly #records: Records;
  readonly #conversations: Conversations;
  readonly #placer: Placer;
  readonly #sentences: Sentences;
  readonly #endpoints: (row: number) => Endpoints;
  readonly #placements: Placement[][];
  /** Rows whose endpoints nobody has. */
  readonly #strangers: number[] = [];
  #gaps: Gap[] = [];

  constructor({ ledger, records, routerClock, epochUnixMs, publicAddresses }: Case) {
    this.#ledger = ledger;
    this.#records = records;
    this.#conversations = new Conversations(ledger);
    const wall = new WallTime(routerClock.history, ledger.endNs);
    this.#placer = new Placer(ledger, this.#conversations, records, wall, epochUnixMs);
    this.#endpoints = (row) => endpointsOf(records, row, publicAddresses);
    this.#sentences = new Sentences(ledger, records, this.#endpoints, epochUnixMs);
    this.#placements = this.#conversations.all.map(() => []);
  }

  /** Finds the conversation of each record: inside and public endpoint must lead to the same one. */
  placeAll(): void {
    for (let row = 0; row < this.#records.length; row++) {
      const ends = this.#endpoints(row);
      const inside = this.#conversations.byInside(ends);
      let placement = inside && this.#placer.place(row, inside);
      const agrees = placement !== undefined && (!placement.timed || this.#placer.isAttributed(placement, ends));
      if (!agrees) {
        placement = this.#bestOf(row, placement, this.#conversations.byPublic(ends));
        if (placement !== undefined) this.#nameMisattributed(row, placement.conversation);
      }
      if (placement === undefined) this.#strangers.push(row);
      else (this.#placements[placement.conversation.id] as Placement[]).push(placement);
    }
  }

  judgeConversations(timeouts: Timeouts): void {
    const judgeOne = new ConversationJudge(this.#ledger, this.#conversations, this.#records, timeouts, this.#sentences);
    this.#gaps = this.#conversations.all.flatMap((conversation) =>
      judgeOne.judge(conversation, this.#placements[conversation.id] as Placement[], this.differences),
    );
  }

  /** A record whose endpoints nobody has: if its time and figures fill a gap it is about that gap, else about nothing. */
  nameStrangers(): void {
    for (const row of this.#strangers) {
      const packets = this.#records.columns.packetDeltaCount[row] as number;
      const octets = this.#records.columns.octetDeltaCount[row] as number;
      const index = this.#gaps.findIndex(
        (gap) => gap.packets === packets && gap.octets === octets && this.#placer.place(row, this.#conversationOf(gap)).timed,
      );
      if (index >= 0) {
        this.#nameMisattributed(row, this.#conversationOf(this.#gaps[index] as Gap));
        this.#gaps.splice(index, 1);
        continue;
      }
      this.differences.push({
        kind: 'UNEXPECTED',
        sentence: `${this.#sentences.record(row)} is about nothing that passed the router`,
        records: this.#stored(row),
        packets,
        octets,
      });
    }
  }

  nameGaps(): void {
    for (const gap of this.#gaps) {
      this.differences.push({
        kind: 'MISSING',
        sentence: `no record has ${this.#sentences.span(this.#conversationOf(gap), gap)}`,
        records: [],
        packets: -gap.packets,
        octets: -gap.octets,
      });
    }
  }

  #nameMisattributed(row: number, conversation: Conversation): void {
    this.differences.push({
      kind: 'MISATTRIBUTED',
      sentence: `${this.#sentences.record(row)} belongs to ${this.#sentences.conversation(conversation)}`,
      records: this.#stored(row),
      packets: 0,
      octets: 0,
    });
  }

  /** The placement whose time and figures fit best; the inside endpoint's when none does. */
  #bestOf(row: number, inside: Placement | undefined, others: readonly Conversation[]): Placement | undefined {
    const all = others.map((conversation) => this.#placer.place(row, conversation));
    if (inside !== undefined) all.unshift(inside);
    return all.find(({ timed, counted }) => timed && counted) ?? all.find(({ timed }) => timed) ?? all[0];
  }

  #conversationOf = (gap: Gap): Conversation => this.#conversations.all[gap.conversation] as Conversation;

  #stored(row: number): number[] {
    const id = this.#records.ids[row] as number;
    return id === LOST ? [] : [id];
  }
}
