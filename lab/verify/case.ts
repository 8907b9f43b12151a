import { trueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { Conversations } from './conversations.ts';
import { endpointsOf, type Endpoints } from './endpoints.ts';
import type { Timeouts } from './judge-conversation.ts';
import type { Ledger } from './ledger.ts';
import { Placer } from './placement.ts';
import type { Records } from './records.ts';
import { RowsByConversation } from './rows-by-conversation.ts';
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

/** A case looked up: its conversations, the records of each, and what places them. */
export function indexed({ ledger, records, routerClock, epochUnixMs, publicAddresses }: Case) {
  const conversations = new Conversations(ledger);
  const wall = new WallTime(routerClock.historyUntil(trueNs(ledger.endNs)), ledger.endNs, routerClock.readingErrorNs);
  const placer = new Placer(ledger, conversations, records, wall, epochUnixMs);
  const endpoints = (row: number): Endpoints => endpointsOf(records, row, publicAddresses, ledger.untranslated);
  const rows = new RowsByConversation(records.length, conversations.count, (row) => conversations.byInside(endpoints(row)));
  return { conversations, placer, endpoints, rows };
}
