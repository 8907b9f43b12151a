import { formatAddress } from '../../core/net/address-book.ts';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import { addBetween, packetsBefore, type Count } from '../verify/count.ts';
import { DOWN, NOBODY, type Ledger } from '../verify/ledger.ts';

/** The ledger of a site, and what its devices are called. */
export interface NamedLedger {
  readonly ledger: Ledger;
  nameOf(device: number): string;
}

/** Whom a record is about, as its fields say: endpoints as `10.0.0.21:51234`. */
export interface ToldFlow {
  readonly protocol: number;
  readonly direction: 'up' | 'down';
  readonly inside: string;
  readonly server: string;
}

/** What the ledger has of it. */
export interface TrueFlow {
  /** Who sent or got it inside; `undefined` for nobody. */
  readonly holder: string | undefined;
  readonly serverName: string;
  readonly publicEndpoint: string;
  /** First and last packet between two true instants, the second not included, and what they are together; `undefined` when there is none. */
  between(fromNs: number, toNs: number): (Count & { readonly firstNs: number; readonly lastNs: number }) | undefined;
}

const keyOf = ({ protocol, direction, inside, server }: ToldFlow): string => `${protocol} ${direction} ${inside} ${server}`;

/** Looks all of them up in one pass; those the ledger does not have are `undefined`. */
export function trueFlows({ ledger, nameOf }: NamedLedger, told: readonly ToldFlow[]): (TrueFlow | undefined)[] {
  const trains = new Map<string, number[]>(told.map((flow) => [keyOf(flow), []]));
  const keys = keysByConnection(ledger, told);
  const { connection, direction } = ledger.trains;
  for (let train = 0; train < ledger.length; train++) {
    const ends = keys.get(connection.at(train));
    if (ends !== undefined) trains.get(keyOf({ ...ends, direction: direction.at(train) === DOWN ? 'down' : 'up' }))?.push(train);
  }
  return told.map((flow) => {
    const of = trains.get(keyOf(flow)) ?? [];
    return of.length === 0 ? undefined : trueFlow(ledger, of, nameOf);
  });
}

/** Connections whose port inside is that of one that is looked for, with their ends as text: few, so that little text is made. */
function keysByConnection(ledger: Ledger, told: readonly ToldFlow[]): Map<number, Omit<ToldFlow, 'direction'>> {
  const { insidePort, insideAddress, serverAddress, serverPort, protocol, serverName } = ledger.connections;
  const ports = new Set(told.map(({ inside }) => Number(inside.slice(inside.lastIndexOf(':') + 1))));
  const keys = new Map<number, Omit<ToldFlow, 'direction'>>();
  for (let row = 0; row < serverName.length; row++) {
    if (!ports.has(insidePort.at(row))) continue;
    keys.set(row, {
      protocol: protocol.at(row),
      inside: formatEndpoint({ address: formatAddress(insideAddress.at(row)), port: insidePort.at(row) }),
      server: formatEndpoint({ address: formatAddress(serverAddress.at(row)), port: serverPort.at(row) }),
    });
  }
  return keys;
}

function trueFlow(ledger: Ledger, trains: readonly number[], nameOf: (device: number) => string): TrueFlow {
  const [first = 0] = trains;
  const connection = ledger.trains.connection.at(first);
  const device = ledger.connections.device.at(connection);
  return {
    holder: device === NOBODY ? undefined : nameOf(device),
    serverName: ledger.connections.serverName[connection] ?? '',
    publicEndpoint: formatEndpoint({
      address: formatAddress(ledger.trains.publicAddress.at(first)),
      port: ledger.trains.publicPort.at(first),
    }),
    between: (fromNs, toNs) => between(ledger, trains, fromNs, toNs),
  };
}

function between(ledger: Ledger, trains: readonly number[], fromNs: number, toNs: number): ReturnType<TrueFlow['between']> {
  const { startNs, intervalNs } = ledger.trains;
  const count: Count = { packets: 0, octets: 0 };
  let [firstNs, lastNs] = [Infinity, -Infinity];
  for (const train of trains) {
    const [first, end] = [packetsBefore(ledger, train, fromNs), packetsBefore(ledger, train, toNs)];
    if (end <= first) continue;
    addBetween(ledger, train, fromNs, toNs, count);
    firstNs = Math.min(firstNs, startNs.at(train) + first * intervalNs.at(train));
    lastNs = Math.max(lastNs, startNs.at(train) + (end - 1) * intervalNs.at(train));
  }
  return count.packets === 0 ? undefined : { ...count, firstNs, lastNs };
}
