import { trueNs } from '../../core/time/instant.ts';
import { Conversations } from './conversations.ts';
import { endpointsOf, type Endpoints } from './endpoints.ts';
import type { Case } from './judge.ts';
import { Placer } from './placement.ts';
import { RowsByConversation } from './rows-by-conversation.ts';
import { WallTime } from './wall-time.ts';

/** What was said and what was told of it, found by each other: the conversations, the records of each, and when they were. */
export function indexed({ ledger, records, routerClock, epochUnixMs, publicAddresses }: Case) {
  const conversations = new Conversations(ledger);
  const wall = new WallTime(routerClock.historyUntil(trueNs(ledger.endNs)), ledger.endNs, routerClock.readingErrorNs);
  const placer = new Placer(ledger, conversations, records, wall, epochUnixMs);
  const endpoints = (row: number): Endpoints => endpointsOf(records, row, publicAddresses, ledger.untranslated);
  const rows = new RowsByConversation(records.length, conversations.count, (row) => conversations.byInside(endpoints(row)));
  return { conversations, placer, endpoints, rows };
}
