import type { Conversation, Conversations } from './conversations.ts';
import type { Difference, Gap } from './difference.ts';
import type { Endpoints } from './endpoints.ts';
import { indexed, type Case } from './case.ts';
import { ConversationJudge } from './judge-conversation.ts';
import type { Placement, Placer } from './placement.ts';
import type { RowsByConversation } from './rows-by-conversation.ts';
import { LOST, type Records } from './records.ts';
import { Sentences } from './sentences.ts';

/**
 * Compares every record with the truth and names each difference once. It knows packets, clocks and timeouts, and nothing
 * of how the router meters or how the collector decodes.
 */
export function judge(facts: Case): Difference[] {
  const court = new Court(facts);
  court.judgeConversations();
  court.rehome();
  court.nameStrangers();
  court.nameGaps();
  return court.differences;
}

interface Verdict {
  readonly differences: Difference[];
  readonly gaps: Gap[];
}

/** One conversation after the other, so that of millions of records only those in doubt are kept in mind. */
class Court {
  readonly differences: Difference[] = [];
  readonly #records: Records;
  readonly #conversations: Conversations;
  readonly #placer: Placer;
  readonly #sentences: Sentences;
  readonly #judge: ConversationJudge;
  readonly #endpoints: (row: number) => Endpoints;
  readonly #rows: RowsByConversation;
  /** Of conversations that something is wrong with. */
  readonly #verdicts = new Map<Conversation, Verdict>();
  /** Records whose inside and public endpoints do not lead to the same conversation, as the inside one places them. */
  readonly #doubtful: { readonly row: number; readonly inside: Placement | undefined }[] = [];
  /** Conversations with such records, and the records that are sure. */
  readonly #disputed = new Map<Conversation, Placement[]>();
  /** Rows whose endpoints nobody has. */
  readonly #strangers: number[] = [];
  #gaps: Gap[] = [];

  constructor(facts: Case) {
    const { ledger, records, epochUnixMs, timeouts } = facts;
    const { conversations, placer, endpoints, rows } = indexed(facts);
    this.#records = records;
    this.#conversations = conversations;
    this.#placer = placer;
    this.#endpoints = endpoints;
    this.#rows = rows;
    this.#sentences = new Sentences(ledger, conversations, records, endpoints, epochUnixMs);
    this.#judge = new ConversationJudge(ledger, conversations, records, timeouts, this.#sentences);
  }

  judgeConversations(): void {
    for (const row of this.#rows.unknown) this.#doubtful.push({ row, inside: undefined });
    for (let conversation = 0; conversation < this.#conversations.count; conversation++) {
      const placements = this.#placeSure(conversation);
      if (!this.#disputed.has(conversation)) this.#settle(conversation, placements);
    }
  }

  /** Gives each doubtful record to the conversation that fits it best, and judges those conversations again. */
  rehome(): void {
    for (const { row, inside } of this.#doubtful) {
      const placement = this.#bestOf(row, inside, this.#conversations.byPublic(this.#endpoints(row)));
      if (placement === undefined) {
        this.#strangers.push(row);
        continue;
      }
      const { conversation } = placement;
      this.#nameMisattributed(row, conversation);
      const settled = this.#disputed.get(conversation) ?? this.#placer.placeAll(this.#rows.of(conversation), conversation);
      this.#disputed.set(conversation, [...settled, placement]);
    }
    for (const [conversation, placements] of this.#disputed) this.#settle(conversation, placements);
    for (const { differences, gaps } of this.#verdicts.values()) {
      this.differences.push(...differences);
      this.#gaps.push(...gaps);
    }
  }

  /** A record whose endpoints nobody has: if its time and figures fill a gap it is about that gap, else about nothing. */
  nameStrangers(): void {
    const open = new Set(this.#gaps);
    const bySize = new Map<string, Gap[]>();
    for (const gap of this.#gaps) {
      const size = `${gap.packets} ${gap.octets}`;
      const alike = bySize.get(size);
      if (alike === undefined) bySize.set(size, [gap]);
      else alike.push(gap);
    }
    for (const row of this.#strangers) {
      const packets = this.#records.columns.packetDeltaCount[row] as number;
      const octets = this.#records.columns.octetDeltaCount[row] as number;
      const alike = bySize.get(`${packets} ${octets}`) ?? [];
      const gap = alike.find((each) => open.has(each) && this.#placer.place(row, each.conversation).timed);
      if (gap !== undefined) {
        this.#nameMisattributed(row, gap.conversation);
        open.delete(gap);
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
    this.#gaps = [...open];
  }

  nameGaps(): void {
    for (const gap of this.#gaps) {
      this.differences.push({
        kind: 'MISSING',
        sentence: `no record has ${this.#sentences.span(gap.conversation, gap)}`,
        records: [],
        packets: -gap.packets,
        octets: -gap.octets,
      });
    }
  }

  /** The records of the conversation whose public endpoint leads to it too; with others it is disputed. */
  #placeSure(conversation: Conversation): Placement[] {
    const placements: Placement[] = [];
    for (const placement of this.#placer.placeAll(this.#rows.of(conversation), conversation)) {
      if (!placement.timed || this.#placer.isAttributed(placement, this.#endpoints(placement.row))) {
        placements.push(placement);
        continue;
      }
      this.#doubtful.push({ row: placement.row, inside: placement });
      this.#disputed.set(conversation, placements);
    }
    return placements;
  }

  #settle(conversation: Conversation, placements: Placement[]): void {
    const differences: Difference[] = [];
    const gaps = this.#judge.judge(conversation, placements, differences);
    if (differences.length > 0 || gaps.length > 0) this.#verdicts.set(conversation, { differences, gaps });
    else this.#verdicts.delete(conversation);
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

  #stored(row: number): number[] {
    const id = this.#records.ids[row] as number;
    return id === LOST ? [] : [id];
  }
}
