import { embeddedIPv4, isNat64 } from '../../core/net/nat64-address.ts';
import { addBetween, type Count } from './count.ts';
import type { Ledger } from './ledger.ts';
import { categoryOf } from './services.ts';

/** All that passed the router before an instant. */
export function passedBefore(ledger: Ledger, instant: number): Count {
  const count = { packets: 0, octets: 0 };
  for (let train = 0; train < ledger.length; train++) addBetween(ledger, train, 0, instant, count);
  return count;
}

/** Octets of the ledger by device and by category: what a perfect collector would have answered. */
export function trueTotals(ledger: Ledger): { byDevice: Map<number, number>; byCategory: Map<string, number> } {
  const byDevice = new Map<number, number>();
  const byCategory = new Map<string, number>();
  const { connections, trains } = ledger;
  /** By connection. */
  const categories: string[] = [];
  for (let train = 0; train < ledger.length; train++) {
    const count = { packets: 0, octets: 0 };
    addBetween(ledger, train, 0, Number.POSITIVE_INFINITY, count);
    const connection = trains.connection.at(train);
    const device = connections.device.at(connection);
    const category = (categories[connection] ??= categoryOf(
      outsideAddress(ledger, train),
      connections.serverPort.at(connection),
      connections.protocol.at(connection),
    ));
    byDevice.set(device, (byDevice.get(device) ?? 0) + count.octets);
    byCategory.set(category, (byCategory.get(category) ?? 0) + count.octets);
  }
  return { byDevice, byCategory };
}

/** Where the server of a train is, which the inside may know by an address that NAT64 has made. */
export function outsideAddress({ connections, trains }: Ledger, train: number): number {
  const connection = trains.connection.at(train);
  const address = connections.serverAddress.at(connection);
  return isNat64(address, trains.publicAddress.at(train)) ? embeddedIPv4(address) : address;
}
