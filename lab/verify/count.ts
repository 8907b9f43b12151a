import type { Ledger } from './ledger.ts';

/**
 * Packets and octets of trains up to an instant, counted by the judge's own arithmetic from the definition of a train:
 * packet i passes at start + i * interval, and the octets an even share leaves over lie on the first packets.
 */
export interface Count {
  packets: number;
  octets: number;
}

/** How many packets of the ledger's train passed strictly before `instant`. */
export function packetsBefore(ledger: Ledger, train: number, instant: number): number {
  const { startNs, intervalNs, packets } = ledger.trains;
  const until = Math.min(instant, ledger.endNs + 1);
  const since = until - startNs.at(train);
  if (since <= 0) return 0;
  const interval = intervalNs.at(train);
  return interval === 0 ? packets.at(train) : Math.min(packets.at(train), Math.ceil(since / interval));
}

/** Adds to `count` the packets of `train` in [from, to). */
export function addBetween(ledger: Ledger, train: number, from: number, to: number, count: Count): void {
  const first = packetsBefore(ledger, train, from);
  const last = packetsBefore(ledger, train, to);
  if (last <= first) return;
  const total = ledger.trains.packets.at(train);
  const octets = ledger.trains.octets.at(train);
  const share = Math.floor(octets / total);
  const uneven = octets % total;
  count.packets += last - first;
  count.octets += share * (last - first) + Math.max(0, Math.min(last, uneven) - Math.min(first, uneven));
}

/** The instant of the train's last packet. */
export const lastInstant = (ledger: Ledger, train: number): number =>
  ledger.trains.startNs.at(train) + ledger.trains.intervalNs.at(train) * (ledger.trains.packets.at(train) - 1);
