import type { SessionSummary } from '../collecting/session-summary.ts';
import type { CollectedUntil, SentStatements } from '../collecting/sent-statements.ts';

/** What an exporter says it sent, held against what became of it: Flow Records. */
export interface Comparison {
  /** By its own word. */
  readonly sent: number;
  /** Since it said so, as far as what came and sequence numbers tell. */
  readonly sentSince: number;
  readonly decoded: number;
  /** Missing by sequence numbers; where those count packets, what is missing and was in missing packets. */
  readonly lost: number;
  /** In Sets that wait for a Template, as far as nothing else explains them. */
  readonly waiting: number;
  /** Records of options and NAT events that are lost: sequence numbers count them, its figure leaves them out. */
  readonly lostOthers: number;
  /** `sent + sentSince - decoded - lost - waiting`; below 0 when more was decoded than it says it sent. */
  readonly unexplained: number;
}

/** Where the records of one exporter and domain went. */
export interface Account {
  readonly session: SessionSummary;
  /** `undefined` when there is nothing to hold against what was counted. */
  readonly comparison: Comparison | undefined;
  /** What cannot be reconciled, and why: a clause each. */
  readonly cannot: readonly string[];
}

const FIRST: Readonly<Record<SentStatements['firstIs'], string>> = {
  'first-said': 'it was not heard from its start, and is compared only from its first statement on',
  anew: 'its own figure began anew, and is compared only from there on',
  'of-new-scope': 'a part of it told its share later than others, and it is compared only from there on',
};

const NOTHING: CollectedUntil = { flows: 0, lost: 0 };

/** Holds against each other what sequence numbers say, what came, and what the exporter says itself. */
export function accountOf(session: SessionSummary): Account {
  const { sentStatements, restarts } = session;
  const cannot = restarts > 0 ? ['its sequence numbers began anew, and what was lost just then is not known'] : [];
  if (sentStatements === undefined) {
    return { session, comparison: undefined, cannot: [...cannot, whyNothingIsSaid(session)] };
  }
  const { first, firstIs, last } = sentStatements;
  if (first !== undefined) cannot.push(FIRST[firstIs]);
  if (first === last) {
    const since = firstIs === 'first-said' ? '' : ' since then';
    return { session, comparison: undefined, cannot: [...cannot, `it has said only once${since} how many records it sent`] };
  }
  const comparison = compare(session, sentStatements);
  if (comparison.sentSince > 0) cannot.push('its last statement is older than its last Message');
  return { session, comparison, cannot };
}

const whyNothingIsSaid = ({ incompleteTotals }: SessionSummary): string =>
  incompleteTotals.includes('flows')
    ? 'more parts of it say how many records they sent than are added up (maxReportedScopes)'
    : 'it does not say itself how many records it sent';

/** Both sides are compared at the last statement, where they count the same; whatever was sent since stands on both. */
function compare(session: SessionSummary, { first, last }: SentStatements): Comparison {
  const from = first?.collected ?? NOTHING;
  const { collected } = last;
  const sent = last.sentFlows - (first?.sentFlows ?? 0);
  const undecoded = sent - (collected.flows - from.flows);
  const then = explain(session, undecoded, collected.lost - from.lost, last.flowsBeside);
  const lostSince = session.lostUnit === 'records' ? session.lost - collected.lost : 0;
  return {
    ...then,
    sent,
    sentSince: session.flowRecords - collected.flows - then.beside + lostSince,
    decoded: session.flowRecords - from.flows,
    lost: then.lost + lostSince,
  };
}

/** Of the Flow Records that were sent and not decoded: what explains them. `beside` were decoded, in the statement's own Message. */
function explain(
  { lostUnit, waitingSets, droppedSets }: SessionSummary,
  undecoded: number,
  lostUnits: number,
  flowsBeside: number,
) {
  const isByRecords = lostUnit === 'records';
  // A lost packet held any number of records.
  const lost = isByRecords ? clamp(undecoded, lostUnits) : lostUnits > 0 ? clamp(undecoded) : 0;
  const beside = clamp(undecoded - lost, flowsBeside);
  const waiting = waitingSets + droppedSets > 0 ? clamp(undecoded - lost - beside) : 0;
  return {
    lost,
    waiting,
    beside,
    lostOthers: isByRecords ? lostUnits - lost : 0,
    unexplained: undecoded - lost - beside - waiting,
  };
}

const clamp = (value: number, most = Infinity): number => Math.min(most, Math.max(0, value));
