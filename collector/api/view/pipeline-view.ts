import {
  placeOf,
  remaindersOf,
  type Amounts,
  type Branch,
  type BranchName,
  type Funnel,
  type Remainder,
  type Stage,
  type StageName,
  type Unit,
} from '../../counting/funnel.ts';

export type { Amounts, Unit };

/** A place on the way into the store. */
export interface StageView extends Stage {
  /** Which it is: greater is later. */
  readonly place: number;
  readonly title: string;
  /** What was counted there, for a reader. */
  readonly words: string;
}

/** What left the way, or came in on it. */
export interface BranchView extends Branch {
  /** That of the stage it is after. */
  readonly place: number;
  readonly title: string;
  readonly words: string;
}

/** What is neither gone on nor known to have left: on its way while more comes, unexplained when all has come. */
export interface RemainderView extends Remainder {
  /** That of the stage it is after. */
  readonly place: number;
  readonly title: string;
}

/** Topic `pipeline`: each stage is the one before, less what left between the two and with what came in there. */
export interface PipelineView {
  readonly stages: readonly StageView[];
  readonly branches: readonly BranchView[];
  readonly remainders: readonly RemainderView[];
  /** Octets nobody can read, by the code of the fault, and how often. */
  readonly faults: Funnel['faults'];
  readonly sets: Funnel['sets'];
  /** Whether all has come that will. */
  readonly isOver: boolean;
  /** What a reader must know of the figures, as sentences. */
  readonly notes: readonly string[];
}

const STAGE: Readonly<Record<StageName, readonly [title: string, words: string]>> = {
  passed: ['Passed the router', 'Packets the router saw come in, by the ledger of the simulation.'],
  metered: ['Metered', 'Packets that were counted into records of the flow cache.'],
  exported: ['Exported', 'What the router put into Messages, by its own count.'],
  sent: ['Sent', 'What was in the Messages that left the router.'],
  arrived: ['At the machine', 'Datagrams that reached the machine of the collector.'],
  received: ['Received', 'What the collector was handed, second copies too.'],
  decoded: ['Decoded', 'Messages that were read, each once, and the records in them.'],
  stored: ['Stored', 'Rows that can be asked for.'],
};
const SENT_BY_NUMBERS = 'What exporters sent, as far as sequence numbers show it.';

const BRANCH: Readonly<Record<BranchName, readonly [title: string, words: string]>> = {
  unselected: ['Not sampled', 'Packets the router was set not to look at.'],
  'cache-full': ['No room in the flow cache', 'Packets of new flows that a full cache refused.'],
  'not-sent': ['Not carried', 'Flows that the export protocol cannot tell.'],
  lost: ['Lost on the way', 'Messages that never reached the collector.'],
  copied: ['Doubled on the way', 'Messages that the network delivered twice.'],
  kernel: ['Dropped by the kernel', 'The receive buffer was full.'],
  refused: ['Refused', 'From nobody who is allowed to send.'],
  copies: ['Second copies', 'They are known by their sequence numbers, and count once.'],
  unknown: ['Of no known version', 'Neither NetFlow, IPFIX nor sFlow.'],
  headless: ['Without a header', 'Of a version that is known, but cut short or damaged before the first record.'],
  options: ['Options', 'What exporters tell of themselves: it becomes names and settings, not rows.'],
  biflow: ['Told both ways', 'A record of both directions becomes two rows; one of no flow becomes none.'],
  'not-kept': ['Too much at once', 'The store did not keep up.'],
  'no-room': ['No room', 'The store was full.'],
};
const LOST_BY_NUMBERS = 'Missing by the sequence numbers; what the kernel dropped is among it.';

/** What waits between two stages while more comes, by the second of them. */
const ON_THE_WAY: Readonly<Partial<Record<StageName, string>>> = {
  metered: 'In the flow cache',
  exported: 'Waits to be exported',
  received: 'On the line',
  stored: 'Waits to be stored',
};

/** The figures with their words. */
export function pipelineView(funnel: Funnel, isOver: boolean, notes: readonly string[] = []): PipelineView {
  const { faults, sets } = funnel;
  const isWaiting = sets.waiting + sets.givenUp > 0;
  return {
    stages: funnel.stages.map((stage) => {
      const [title, words] = STAGE[stage.name];
      return {
        ...stage,
        place: placeOf(stage.name),
        title,
        words: stage.name === 'sent' && stage.sure === 'estimated' ? SENT_BY_NUMBERS : words,
      };
    }),
    branches: funnel.branches.map((branch) => {
      const [title, words] = BRANCH[branch.name];
      return {
        ...branch,
        place: placeOf(branch.after),
        title,
        words: branch.name === 'lost' && branch.sure === 'estimated' ? LOST_BY_NUMBERS : words,
      };
    }),
    remainders: remaindersOf(funnel).map((remainder) => ({
      ...remainder,
      place: placeOf(remainder.after),
      title: titleOf(remainder, isOver, isWaiting),
    })),
    faults,
    sets,
    isOver,
    notes,
  };
}

function titleOf({ after, before, amounts }: Remainder, isOver: boolean, isWaiting: boolean): string {
  if (Object.values(amounts).some((amount = 0) => amount < 0)) return 'Unexplained';
  if (after === 'received' && before === 'decoded' && isWaiting) return 'Waits for a Template, or was given up without one';
  return (isOver ? undefined : ON_THE_WAY[before]) ?? 'Unexplained';
}
