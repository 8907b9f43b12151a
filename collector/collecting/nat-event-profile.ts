import type { NatEventBatch } from './nat-event-batch.ts';

/** Whose numbers an exporter writes into natEvent, element 230. */
export const NAT_EVENT_PROFILES = ['rfc', 'cisco-hsl', 'linux', 'juniper'] as const;
export type NatEventProfile = (typeof NAT_EVENT_PROFILES)[number];

/** The kind of an event whose number the profile does not know. */
export const UNKNOWN_NAT_EVENT = 0;

/** Numbers of before RFC 8158, which calls 1 and 2 historic: they do not say which NAT, and what sends them does NAT44. */
const HISTORIC: readonly number[] = [UNKNOWN_NAT_EVENT, 4, 5, 3];

/** The kind by RFC 8158 section 4.3 for each number an exporter may send. */
const KINDS: Readonly<Record<NatEventProfile, readonly number[]>> = {
  rfc: [...HISTORIC, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
  'cisco-hsl': HISTORIC,
  linux: HISTORIC,
  // Junos: NAT44 session 1 and 2, addresses 3, NAT64 session 4 and 5, NAT44 BIB 6 and 7, NAT64 BIB 8 and 9, ports 10, quota 11,
  // address binding 12 and 13, port block 14 and 15.
  juniper: [UNKNOWN_NAT_EVENT, 4, 5, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
};

/** What a natEvent of that exporter means, as a number of RFC 8158 section 4.3, or `UNKNOWN_NAT_EVENT`. */
export const natEventKind = (profile: NatEventProfile, natEvent: number): number => KINDS[profile][natEvent] ?? UNKNOWN_NAT_EVENT;

/**
 * Makes the rows from `from` on mean the same whoever sent them: the kind by RFC 8158; the last port of a block, which an
 * exporter may leave to be worked out (RFC 8158 section 4.6.10); for an event without its time that of the Message. Returns how many are of an unknown kind.
 */
export function normaliseNatEvents(batch: NatEventBatch, from: number, profile: NatEventProfile): number {
  const { natEvent, kind, observationTimeMs, exportTimeS, portRangeStart, portRangeEnd, portRangeStepSize, portRangeNumPorts } =
    batch;
  let unknown = 0;
  for (let row = from; row < batch.length; row++) {
    kind[row] = natEventKind(profile, natEvent[row] as number);
    if (kind[row] === UNKNOWN_NAT_EVENT) unknown++;
    // Cisco's exhausted pools come without a time.
    observationTimeMs[row] ||= (exportTimeS[row] as number) * 1_000;
    if (portRangeStart[row] === 0) continue;
    portRangeStepSize[row] ||= 1;
    const ports = Math.max(1, portRangeNumPorts[row] as number);
    portRangeEnd[row] ||= (portRangeStart[row] as number) + (portRangeStepSize[row] as number) * (ports - 1);
  }
  return unknown;
}
