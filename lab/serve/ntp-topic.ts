import { QueryMistake } from '../../collector/api/query-request.ts';
import { numberOf } from '../../collector/api/view/number-of.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { NS_PER_MS, trueNs, type TrueNs } from '../../core/time/instant.ts';
import type { NtpRing } from '../view/ntp-ring.ts';
import { ntpView } from '../view/ntp-view.ts';

/** A run whose NTP packets are shown. */
export interface NtpSource {
  readonly epochUnixMs: number;
  readonly ring: NtpRing;
  /** How far the run has come. */
  nowNs(): TrueNs;
}

const PACKETS = 100;
const WAYS = ['request', 'reply'];

/**
 * The topic `ntp`: parameters `packet`, a number, or `replied`, when a reply came in milliseconds since 1970, the newest of the list
 * without either; `before`, another number; `client`, `server`, `way` and `at`.
 */
export const ntpTopic = ({ epochUnixMs, ring, nowNs }: NtpSource): Topic => ({
  // A packet is kept before the run is said to have come so far.
  revision: () => `${ring.count} ${Math.min(nowNs(), ring.packets.at(-1)?.at ?? 0)}`,
  view: async (parameters) => {
    const named = (name: string): string | undefined => parameters.get(name) || undefined;
    const way = named('way');
    if (way !== undefined && !WAYS.includes(way)) throw new QueryMistake(`way is "${way}": it must be ${WAYS.join(' or ')}`);
    const atMs = numberOf(parameters, 'at') ?? Infinity;
    return ntpView(ring, {
      epochUnixMs,
      untilNs: trueNs(Math.min(nowNs(), (atMs - epochUnixMs) * NS_PER_MS)),
      limit: PACKETS,
      before: numberOf(parameters, 'before'),
      client: named('client'),
      server: named('server'),
      way,
      index: numberOf(parameters, 'packet'),
      repliedMs: numberOf(parameters, 'replied'),
    });
  },
});
