import { DOWN, type Ledger } from './ledger.ts';

/** What a Flow Record says about whom it is about, turned so that the inside host comes first. */
export interface Endpoints {
  readonly protocol: number;
  readonly insideAddress: number;
  readonly insidePort: number;
  readonly publicAddress: number;
  readonly publicPort: number;
  readonly serverAddress: number;
  readonly serverPort: number;
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
  readonly #byInside = new Map<string, Conversation>();
  readonly #byPublic = new Map<string, Conversation[]>();

  constructor(ledger: Ledger) {
    const { trains, connections } = ledger;
    const ofConnection: (Conversation | undefined)[] = [];
    for (let train = 0; train < ledger.length; train++) {
      const connection = trains.connection.at(train);
      const direction = trains.direction.at(train);
      const slot = connection * 2 + direction;
      const conversation = (ofConnection[slot] ??= this.#open(ledger, connection, direction));
      conversation.trains.push(train);
      const publicKey = `${direction} ${connections.protocol.at(connection)} ${trains.publicPort.at(train)} ${connections.serverAddress.at(connection)} ${connections.serverPort.at(connection)}`;
      const sharing = this.#byPublic.get(publicKey);
      if (sharing === undefined) this.#byPublic.set(publicKey, [conversation]);
      else if (!sharing.includes(conversation)) sharing.push(conversation);
    }
  }

  /** The conversation the inside endpoint leads to. */
  byInside(direction: number, ends: Endpoints): Conversation | undefined {
    return this.#byInside.get(insideKey(direction, ends));
  }

  /** The conversations the public endpoint leads to; more than one when the port was used again. */
  byPublic(direction: number, ends: Endpoints): readonly Conversation[] {
    return this.#byPublic.get(`${direction} ${ends.protocol} ${ends.publicPort} ${ends.serverAddress} ${ends.serverPort}`) ?? [];
  }

  #open(ledger: Ledger, connection: number, direction: number): Conversation {
    const { connections } = ledger;
    const key = insideKey(direction, {
      protocol: connections.protocol.at(connection),
      insideAddress: connections.insideAddress.at(connection),
      insidePort: connections.insidePort.at(connection),
      serverAddress: connections.serverAddress.at(connection),
      serverPort: connections.serverPort.at(connection),
    });
    let conversation = this.#byInside.get(key);
    if (conversation === undefined) {
      conversation = { id: this.all.length, direction, connection, trains: [] };
      this.#byInside.set(key, conversation);
      this.all.push(conversation);
    }
    return conversation;
  }
}

const insideKey = (direction: number, ends: Omit<Endpoints, 'publicAddress' | 'publicPort'>): string =>
  `${direction} ${ends.protocol} ${ends.insideAddress} ${ends.insidePort} ${ends.serverAddress} ${ends.serverPort}`;

/** In words, for a sentence about a difference. */
export const arrow = (direction: number): string => (direction === DOWN ? '<-' : '->');
