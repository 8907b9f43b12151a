import { isClockPlain } from '../clock-audit/clock-sentence.ts';
import { alignedLines, wordCount } from '../query/wording.ts';
import type { Account } from './account.ts';
import type { Reconciliation } from './reconciliation.ts';

const HEAD = [
  'EXPORTER',
  'DOMAIN',
  'PROTOCOL',
  'MESSAGES',
  'RECORDS',
  'LOST',
  'TWICE',
  'LATE',
  'WAITING',
  'MALFORMED',
  'SENT',
  'UNEXPLAINED',
];
/** Columns of words; the others are numbers. */
const WORDS = 3;

/**
 * A line for each exporter and domain, and what became of the records in sentences; nothing while there is one exporter of which everything
 * came and was decoded, and nothing else to tell: the status line has said that.
 */
export function reconciliationLines(reconciliation: Reconciliation): string[] {
  const { accounts, sentences } = reconciliation;
  if (accounts.length <= 1 && accounts.every(isPlain) && sentences.length <= accounts.length) return [];
  const table = accounts.length === 0 ? [] : alignedLines([HEAD, ...accounts.map(cells)], (column) => column < WORDS);
  return [...table, ...sentences];
}

const isPlain = ({ session }: Account): boolean =>
  Object.keys(session.reported).length === 0 &&
  Object.keys(session.malformed).length === 0 &&
  isClockPlain(session.clock) &&
  FAULTS.every((fault) => session[fault] === 0);

const FAULTS = ['lost', 'duplicatedMessages', 'reorderedMessages', 'waitingSets', 'droppedSets', 'restarts'] as const;

function cells({ session, comparison }: Account): string[] {
  const { source, observationDomainId, protocol, messages, dataRecords, lost, lostUnit } = session;
  const malformed = Object.values(session.malformed).reduce((sum, count) => sum + count, 0);
  // Lost Messages are not lost records.
  const lostCell = lostUnit === 'none' ? '-' : lostUnit === 'messages' && lost > 0 ? wordCount(lost, 'Message') : lost;
  const faults = [session.duplicatedMessages, session.reorderedMessages, session.waitingSets, malformed];
  const stated = [comparison?.sent ?? session.reported.flows ?? '-', comparison?.unexplained ?? '-'];
  return [source, observationDomainId, protocol, messages, dataRecords, lostCell, ...faults, ...stated].map(String);
}
