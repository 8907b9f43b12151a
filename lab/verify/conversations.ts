import { endpointNumber } from '../../core/net/endpoint-number.ts';
import { addBetween, packetsBefore, type Count } from './count.ts';
import type { Endpoints } from './endpoints.ts';
import type { Ledger } from './ledger.ts';

/** Number of a conversation: the trains of one direction between one inside endpoint and one server endpoint. */
export type Conversation = number;

const NONE = -1;

/**
 * The ledger by conversation: what a Flow Record can be compared with. A record names the inside endpoint and the public
 * endpoint; both lead here, so when they disagree it shows which half is wrong. Millions of conversations must fit, so they
 * are numbers (twice a connection's, plus the direction) and all that is known of them lies in typed arrays.
 */
export class Conversations {
  /** Numbers below this are conversations; those without trains are empty. */
  readonly count: number;
  readonly #ledger: Ledger;
  /** Connections by `hashOf` their endpoints: the latest, then through `#earlier` those before it. */
  readonly #byInside = new Map<number, number>();
  readonly #earlier: Int32Array;
  /** A port may be used again for the same server: several connections, one conversation, named by the first. */
  readonly #first: Int32Array;
  /** Trains of conversation c, in the order they started: `#trains` from `#offsets[c]` to `#offsets[c + 1]`. */
  readonly #offsets: Uint32Array;
  readonly #trains: Uint32Array;
  #byPublic: { readonly keys: Float64Array; readonly trains: Uint32Array } | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    const connections = ledger.connections.serverName.length;
    this.count = 2 * connections;
    this.#earlier = new Int32Array(connections).fill(NONE);
    this.#first = new Int32Array(connections);
    for (let connection = 0; connection < connections; connection++) this.#file(connection);
    this.#offsets = new Uint32Array(this.count + 1);
    this.#trains = new Uint32Array(ledger.length);
    this.#fileTrains();
  }

  /** A connection of the ledger that belongs to it. */
  connectionOf(conversation: Conversation): number {
    return conversation >> 1;
  }

  directionOf(conversation: Conversation): number {
    return conversation & 1;
  }

  /** Its trains in the order they started. */
  trainsOf(conversation: Conversation): Uint32Array {
    return this.#trains.subarray(this.#offsets[conversation], this.#offsets[conversation + 1]);
  }

  /** The conversation the inside endpoint leads to. */
  byInside(ends: Endpoints): Conversation | undefined {
    const { direction, protocol, insideAddress, insidePort, serverAddress, serverPort } = ends;
    const { connections } = this.#ledger;
    let connection = this.#byInside.get(hashOf(protocol, insideAddress, insidePort, serverAddress, serverPort)) ?? NONE;
    while (connection !== NONE) {
      const isIt =
        connections.insideAddress.at(connection) === insideAddress &&
        connections.insidePort.at(connection) === insidePort &&
        connections.serverAddress.at(connection) === serverAddress &&
        connections.serverPort.at(connection) === serverPort &&
        connections.protocol.at(connection) === protocol;
      if (isIt) return this.#nonEmpty(2 * (this.#first[connection] as number) + direction);
      connection = this.#earlier[connection] as number;
    }
    return undefined;
  }

  /** The conversations the public endpoint leads to; more than one when the port was used again. */
  byPublic(ends: Endpoints): Conversation[] {
    const { connections, trains } = this.#ledger;
    const index = (this.#byPublic ??= this.#indexPublic());
    const key = publicKey(ends.publicPort, ends.serverAddress);
    const found = new Set<Conversation>();
    for (let at = lowerBound(index.keys, key); index.keys[at] === key; at++) {
      const train = index.trains[at] as number;
      const connection = trains.connection.at(train);
      const isIt =
        trains.direction.at(train) === ends.direction &&
        trains.publicAddress.at(train) === ends.publicAddress &&
        connections.serverPort.at(connection) === ends.serverPort &&
        connections.protocol.at(connection) === ends.protocol;
      if (isIt) found.add(this.#of(train));
    }
    return [...found];
  }

  /** Packets and octets of the conversation in [from, to) of true time. */
  tally(conversation: Conversation, from: number, to: number): Count {
    const count = { packets: 0, octets: 0 };
    const end = this.#offsets[conversation + 1] as number;
    for (let at = this.#offsets[conversation] as number; at < end; at++) {
      const train = this.#trains[at] as number;
      if (this.#ledger.trains.startNs.at(train) >= to) break;
      addBetween(this.#ledger, train, from, to, count);
    }
    return count;
  }

  /** The first train with a packet in [from, to), or `undefined`. */
  firstTrain(conversation: Conversation, from: number, to: number): number | undefined {
    const end = this.#offsets[conversation + 1] as number;
    for (let at = this.#offsets[conversation] as number; at < end; at++) {
      const train = this.#trains[at] as number;
      if (this.#ledger.trains.startNs.at(train) >= to) return undefined;
      if (packetsBefore(this.#ledger, train, to) > packetsBefore(this.#ledger, train, from)) return train;
    }
    return undefined;
  }

  #file(connection: number): void {
    const { protocol, insideAddress, insidePort, serverAddress, serverPort } = this.#ledger.connections;
    const key = hashOf(
      protocol.at(connection),
      insideAddress.at(connection),
      insidePort.at(connection),
      serverAddress.at(connection),
      serverPort.at(connection),
    );
    const latest = this.#byInside.get(key);
    this.#first[connection] = connection;
    this.#earlier[connection] = latest ?? NONE;
    this.#byInside.set(key, connection);
    for (let other = latest ?? NONE; other !== NONE; other = this.#earlier[other] as number) {
      const isSame =
        insideAddress.at(other) === insideAddress.at(connection) &&
        insidePort.at(other) === insidePort.at(connection) &&
        serverAddress.at(other) === serverAddress.at(connection) &&
        serverPort.at(other) === serverPort.at(connection) &&
        protocol.at(other) === protocol.at(connection);
      if (!isSame) continue;
      this.#first[connection] = this.#first[other] as number;
      return;
    }
  }

  #fileTrains(): void {
    for (let train = 0; train < this.#ledger.length; train++) {
      const conversation = this.#of(train);
      this.#offsets[conversation + 1] = (this.#offsets[conversation + 1] as number) + 1;
    }
    for (let index = 0; index < this.count; index++) {
      this.#offsets[index + 1] = (this.#offsets[index + 1] as number) + (this.#offsets[index] as number);
    }
    const next = this.#offsets.slice();
    for (let train = 0; train < this.#ledger.length; train++) {
      const conversation = this.#of(train);
      const at = next[conversation] as number;
      this.#trains[at] = train;
      next[conversation] = at + 1;
    }
  }

  /** The conversation of a train. */
  #of(train: number): Conversation {
    const { connection, direction } = this.#ledger.trains;
    return 2 * (this.#first[connection.at(train)] as number) + direction.at(train);
  }

  #nonEmpty(conversation: Conversation): Conversation | undefined {
    return this.#offsets[conversation] === this.#offsets[conversation + 1] ? undefined : conversation;
  }

  /** Only needed when something is wrong, so it is made when it is first asked for. */
  #indexPublic(): { keys: Float64Array; trains: Uint32Array } {
    const { trains, connections } = this.#ledger;
    const keyOf = (train: number): number =>
      publicKey(trains.publicPort.at(train), connections.serverAddress.at(trains.connection.at(train)));
    const order = Uint32Array.from({ length: this.#ledger.length }, (_, train) => train).sort(
      (a, b) => keyOf(a) - keyOf(b) || a - b,
    );
    return { keys: Float64Array.from(order, keyOf), trains: order };
  }
}

/** 31 bits, which a Map keeps as they are. Endpoints alone would not do: a flood comes from thousands of servers for one. */
function hashOf(protocol: number, insideAddress: number, insidePort: number, serverAddress: number, serverPort: number): number {
  let hash = Math.imul(insideAddress, 0x9e3779b1) ^ Math.imul(serverAddress, 0x85ebca6b);
  hash ^= Math.imul((insidePort << 16) ^ serverPort ^ (protocol << 8), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 1;
}

const publicKey = (port: number, serverAddress: number): number => endpointNumber(serverAddress, port);

/** Index of the first key that is not below `key`. */
function lowerBound(keys: Float64Array, key: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
