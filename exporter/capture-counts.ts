import type { Parsed } from '../core/net/packet/packet-view.ts';

/** Why a packet of a capture is in no Flow Record. */
export type Passed =
  | Exclude<Parsed, 'ip'>
  /** Both ends are on the same side of the router. */
  | 'not-across'
  /** The router found no port for it, or no mapping let it in. */
  | 'refused'
  /** A later fragment whose first one did not come in time or was refused, or more than may wait. */
  | 'no-first-fragment';

/** What came of the packets of a capture. */
export class CaptureCounts {
  packets = 0;
  ipv4 = 0;
  ipv6 = 0;
  /** IP octets of the packets that were metered. */
  octets = 0;
  /** Packets with a time before that of the packet before them, or beyond reach; the one before gives theirs. */
  strangeTimes = 0;
  /** Conversations given up because there were too many. */
  forgottenConversations = 0;
  /** Fragments that came before the first of their packet, and passed with it. */
  heldFragments = 0;
  /** First fragments given up because there were too many. */
  forgottenFragments = 0;
  readonly passed = new Map<Passed, number>();

  pass(reason: Passed): void {
    this.passed.set(reason, (this.passed.get(reason) ?? 0) + 1);
  }
}
