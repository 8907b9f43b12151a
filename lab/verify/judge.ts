import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { Conversations, endpointsOf, type Conversation } from './conversations.ts';
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
export function judge({ ledger, records, routerClock, epochUnixMs, publicAddresses, timeouts }: Case): Difference[] {
  const differences: Difference[] = [];
  const conversations = new Conversations(ledger);
  const wall = new WallTime(routerClock.history, ledger.endNs);
  const placer = new Placer(ledger, conversations, records, wall, epochUnixMs);
  const sentences = new Sentences(ledger, records, (row) => endpointsOf(records, row, publicAddresses), epochUnixMs);

  const placements: Placement[][] = conversations.all.map(() => []);
  const strangers: number[] = [];
  const misattributed = (row: number, conversation: Conversation): void => {
    differences.push({
      kind: 'MISATTRIBUTED',
      sentence: `${sentences.record(row)} belongs to ${sentences.conversation(conversation)}`,
      records: stored(records, [row]),
      packets: 0,
      octets: 0,
    });
  };

  for (let row = 0; row < records.length; row++) {
    const ends = endpointsOf(records, row, publicAddresses);
    const inside = conversations.byInside(ends);
    let placement = inside && placer.place(row, inside);
    const agrees = placement !== undefined && (!placement.timed || placer.isAttributed(placement, ends));
    if (!agrees) {
      placement = bestOf(placement, conversations.byPublic(ends), (conversation) => placer.place(row, conversation));
      if (placement !== undefined) misattributed(row, placement.conversation);
    }
    if (placement === undefined) strangers.push(row);
    else (placements[placement.conversation.id] as Placement[]).push(placement);
  }

  const judgeOne = new ConversationJudge(ledger, conversations, records, timeouts, sentences);
  const gaps = conversations.all.flatMap((conversation) =>
    judgeOne.judge(conversation, placements[conversation.id] as Placement[], differences),
  );
  nameStrangers(strangers, gaps);
  for (const gap of gaps) {
    differences.push({
      kind: 'MISSING',
      sentence: `no record has ${sentences.span(conversations.all[gap.conversation] as Conversation, gap)}`,
      records: [],
      packets: -gap.packets,
      octets: -gap.octets,
    });
  }
  return differences;

  /** A record whose endpoints nobody has: if its time and figures fill a gap it is about that gap, else about nothing. */
  function nameStrangers(rows: readonly number[], open: Gap[]): void {
    for (const row of rows) {
      const packets = records.columns.packetDeltaCount[row] as number;
      const octets = records.columns.octetDeltaCount[row] as number;
      const index = open.findIndex((gap) => {
        if (gap.packets !== packets || gap.octets !== octets) return false;
        return placer.place(row, conversations.all[gap.conversation] as Conversation).timed;
      });
      if (index >= 0) {
        misattributed(row, conversations.all[(open[index] as Gap).conversation] as Conversation);
        open.splice(index, 1);
        continue;
      }
      differences.push({
        kind: 'UNEXPECTED',
        sentence: `${sentences.record(row)} is about nothing that passed the router`,
        records: stored(records, [row]),
        packets,
        octets,
      });
    }
  }
}

/** The placement whose time and figures fit best; the inside endpoint's when none does. */
function bestOf(
  inside: Placement | undefined,
  others: readonly Conversation[],
  place: (conversation: Conversation) => Placement,
): Placement | undefined {
  const all = [...(inside === undefined ? [] : [inside]), ...others.map(place)];
  return all.find(({ timed, counted }) => timed && counted) ?? all.find(({ timed }) => timed) ?? all[0];
}

const stored = (records: Records, rows: readonly number[]): number[] =>
  rows.map((row) => records.ids[row] as number).filter((id) => id !== LOST);
