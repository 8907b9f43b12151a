import type { StoredAddress } from '../../../core/net/stored-address.ts';

/** Kinds of what a detector should tell an administrator of. */
export const EVENT_KINDS = [
  'port-scan',
  'host-scan',
  'brute-force',
  'beacon',
  'dns-tunnel',
  'exfiltration',
  'mining',
  'file-sharing',
  'inbound-scan',
  'syn-flood',
  'unknown-device',
  'port-exhaustion',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Kinds of alerts that name an event as well as its own kind does: what the policy forbids is told as that, too. */
const ALSO_TOLD_AS: Readonly<Partial<Record<EventKind, readonly string[]>>> = { 'file-sharing': ['forbidden-service'] };

/** Whether an alert of kind `alert` is about an event of kind `event`. */
export const isToldAs = (event: EventKind, alert: string): boolean =>
  event === alert || (ALSO_TOLD_AS[event]?.includes(alert) ?? false);

/** Why no detector could have seen an event. */
export const UNSEEN = ['stayed-inside', 'not-metered', 'not-sampled', 'lost', 'not-reported'] as const;
export type UnseenReason = (typeof UNSEEN)[number];
/** The same in words. */
export const UNSEEN_REASONS: Readonly<Record<UnseenReason, string>> = {
  'stayed-inside': "it stayed on the office's own network, which the router does not see",
  'not-metered': 'the router dropped it and does not meter what it drops',
  'not-sampled': 'none of its packets was sampled',
  lost: 'all of its records were lost on the way to the collector',
  'not-reported': 'the router is not set to report it',
};

/** Something that happened and that a detector should tell of. */
export interface TrueEvent {
  readonly kind: EventKind;
  /** The person or device, or whoever it is outside. */
  readonly who: string;
  /** Addresses an alert about it is about one of: all of the device's, or the stranger's. */
  readonly subjects: ReadonlySet<StoredAddress>;
  /** To whom it was done; empty when that is nobody in particular. */
  readonly targets: ReadonlySet<StoredAddress>;
  /** True time of its first and last packet in milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Connections and octets of IP packets that crossed the router or were dropped by it, both directions. */
  readonly flows: number;
  readonly octets: number;
  /** Flow Records, or NAT events, of it that the collector got. */
  readonly records: number;
  /** Absent when a detector could have told. */
  readonly unseen?: UnseenReason;
}
