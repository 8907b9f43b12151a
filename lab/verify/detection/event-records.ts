import { endpointNumber } from '../../../core/net/endpoint-number.ts';
import type { Ledger } from '../ledger.ts';
import type { Records } from '../records.ts';

/** Counts the Flow Records that belong to activities and devices, as they come to the collector. */
export class EventRecords {
  readonly byActivity = new Map<number, number>();
  readonly byDevice = new Map<number, number>();
  readonly #ledger: Ledger;
  readonly #activities: ReadonlySet<number>;
  readonly #devices: ReadonlySet<number>;
  /** Connections by their endpoints, as far as the ledger has been read. */
  readonly #connections = new Map<string, number>();
  #read = 0;

  /** Only records of these `activities` and `devices`, numbers of the ledger, are counted. */
  constructor(ledger: Ledger, activities: ReadonlySet<number>, devices: ReadonlySet<number>) {
    this.#ledger = ledger;
    this.#activities = activities;
    this.#devices = devices;
  }

  /** A record comes after its packets, so the ledger has its connection already. */
  add({ columns, length }: Records): void {
    this.#readLedger();
    const { sourceAddress, sourcePort, destinationAddress, destinationPort, protocol } = columns;
    for (let row = 0; row < length; row++) {
      const source = endpointNumber(sourceAddress[row] as number, sourcePort[row] as number);
      const destination = endpointNumber(destinationAddress[row] as number, destinationPort[row] as number);
      const kind = protocol[row] as number;
      const connection =
        this.#connections.get(keyOf(kind, source, destination)) ?? this.#connections.get(keyOf(kind, destination, source));
      if (connection === undefined) continue;
      const { activity, device } = this.#ledger.connections;
      count(this.byActivity, activity.at(connection));
      count(this.byDevice, device.at(connection));
    }
  }

  #readLedger(): void {
    const { connections } = this.#ledger;
    for (; this.#read < connections.serverName.length; this.#read++) {
      const at = this.#read;
      if (!this.#activities.has(connections.activity.at(at)) && !this.#devices.has(connections.device.at(at))) continue;
      const inside = endpointNumber(connections.insideAddress.at(at), connections.insidePort.at(at));
      const server = endpointNumber(connections.serverAddress.at(at), connections.serverPort.at(at));
      this.#connections.set(keyOf(connections.protocol.at(at), inside, server), at);
    }
  }
}

const keyOf = (protocol: number, inside: number, server: number): string => `${protocol} ${inside} ${server}`;

const count = (counts: Map<number, number>, of: number): void => void counts.set(of, (counts.get(of) ?? 0) + 1);
