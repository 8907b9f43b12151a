import { addBetween, packetsBefore, type Count } from './count.ts';
import { DOWN, UP, type Ledger } from './ledger.ts';
import type { Records } from './records.ts';

/** What a Flow Record says about whom it is about, turned so that the inside host comes first. */
export interface Endpoints {
  direction: number;
  protocol: number;
  insideAddress: number;
  insidePort: number;
  publicAddress: number;
  publicPort: number;
  serverAddress: number;
  serverPort: number;
}

/** The trains of one direction between one inside endpoint and one server endpoint, in the order they started. */
export interface Conversation {
  readonly id: number;
  readonly direction: number;
  /** A connection of the ledger that belongs to it (a port may be used again: several connections, one conversation). */
  readonly connection: number;
  readonly trains: number[];
}

/**
 * The ledger by conversation: what a Flow Record can be compared with. A record names the inside endpoint and the public
 * endpoint; both lead here, so when they disagree it shows which half is wrong.
 */
export class Conversations {
  readonly all: Conversation[] = [];
  readonly #ledger: Ledger;
  readonly #byInside = new Map<string, Conversation>();
  #byPublic: Map<string, Conversation[]> | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    const ofConnection: (Conversation | undefined)[] = [];
    for (let train = 0; train < ledger.length; train++) {
      const connection = ledger.trains.connection.at(train);
      const direction = ledger.trains.direction.at(train);
      const conversation = (ofConnection[connection * 2 + direction] ??= this.#open(connection, direction));
      conversation.trains.push(train);
    }
  }

  /** The conversation the inside endpoint leads to. */
  byInside(ends: Endpoints): Conversation | undefined {
    const { direction, protocol, insideAddress, insidePort, serverAddress, serverPort } = ends;
    return this.#byInside.get(key(direction, protocol, insideAddress, insidePort, serverAddress, serverPort));
  }

  /** The conversations the public endpoint leads to; more than one when the port was used again. */
  byPublic(ends: Endpoints): readonly Conversation[] {
    this.#byPublic ??= this.#indexPublic();
    const { direction, protocol, publicAddress, publicPort, serverAddress, serverPort } = ends;
    return this.#byPublic.get(key(direction, protocol, publicAddress, publicPort, serverAddress, serverPort)) ?? [];
  }

  /** Packets and octets of the conversation in [from, to) of true time. */
  count({ trains }: Conversation, from: number, to: number): Count {
    const count = { packets: 0, octets: 0 };
    for (const train of trains) {
      if (this.#ledger.trains.startNs.at(train) >= to) break;
      addBetween(this.#ledger, train, from, to, count);
    }
    return count;
  }

  /** The first train with a packet in [from, to), or `undefined`. */
  firstTrain({ trains }: Conversation, from: number, to: number): number | undefined {
    for (const train of trains) {
      if (this.#ledger.trains.startNs.at(train) >= to) return undefined;
      if (packetsBefore(this.#ledger, train, to) > packetsBefore(this.#ledger, train, from)) return train;
    }
    return undefined;
  }

  #open(connection: number, direction: number): Conversation {
    const { protocol, insideAddress, insidePort, serverAddress, serverPort } = this.#ledger.connections;
    const text = key(
      direction,
      protocol.at(connection),
      insideAddress.at(connection),
      insidePort.at(connection),
      serverAddress.at(connection),
      serverPort.at(connection),
    );
    let conversation = this.#byInside.get(text);
    if (conversation === undefined) {
      conversation = { id: this.all.length, direction, connection, trains: [] };
      this.#byInside.set(text, conversation);
      this.all.push(conversation);
    }
    return conversation;
  }

  #indexPublic(): Map<string, Conversation[]> {
    const index = new Map<string, Conversation[]>();
    const { trains, connections } = this.#ledger;
    for (const conversation of this.all) {
      for (const train of conversation.trains) {
        const connection = trains.connection.at(train);
        const text = key(
          conversation.direction,
          connections.protocol.at(connection),
          trains.publicAddress.at(train),
          trains.publicPort.at(train),
          connections.serverAddress.at(connection),
          connections.serverPort.at(connection),
        );
        const sharing = index.get(text);
        if (sharing === undefined) index.set(text, [conversation]);
        else if (sharing.at(-1) !== conversation) sharing.push(conversation);
      }
    }
    return index;
  }
}

const key = (
  direction: number,
  protocol: number,
  address: number,
  port: number,
  serverAddress: number,
  serverPort: number,
): string => `${direction} ${protocol} ${address} ${port} ${serverAddress} ${serverPort}`;

/** Reads the endpoints of a record; what goes to one of the office's public addresses is for the inside. */
export function endpointsOf(records: Records, row: number, publicAddresses: ReadonlySet<number>): Endpoints {
  const { columns } = records;
  const isDown = publicAddresses.has(columns.destinationAddress[row] as number);
  return {
    direction: isDown ? DOWN : UP,
    protocol: columns.protocol[row] as number,
    insideAddress: (isDown ? columns.postNatDestinationAddress : columns.sourceAddress)[row] as number,
    insidePort: (isDown ? columns.postNaptDestinationPort : columns.sourcePort)[row] as number,
    publicAddress: (isDown ? columns.destinationAddress : columns.postNatSourceAddress)[row] as number,
    publicPort: (isDown ? columns.destinationPort : columns.postNaptSourcePort)[row] as number,
    serverAddress: (isDown ? columns.sourceAddress : columns.destinationAddress)[row] as number,
    serverPort: (isDown ? columns.sourcePort : columns.destinationPort)[row] as number,
  };
}
