import { PROTOCOL_TCP, type Connection, type Direction } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { NS_PER_MS, type DurationNs } from '../../../core/time/instant.ts';
import type { Server } from '../internet/server.ts';
import type { Caller } from '../transport/session.ts';
import type { Wire } from '../wire.ts';

/** A device of the office that a port forward leads to, at its inside endpoint. */
export interface Listener {
  readonly device: number;
  readonly address: number;
  readonly port: number;
}

/** Whom and by which activity of the scenario a stranger calls. */
export interface Call {
  /** The activity's number. */
  readonly activity: number;
  /** The office's public address. */
  readonly publicAddress: number;
  /** Who answers behind a TCP port of it. */
  readonly listeners: ReadonlyMap<number, Listener>;
}

/** Dynamic ports of Linux, of which a stranger's own is one. */
export const FIRST_STRANGER_PORT = 32_768;
export const LAST_STRANGER_PORT = 60_999;

/** A TCP connection that a stranger tries to open to a port of the public address; behind most there is nobody. */
export function knock(wire: Wire, call: Call, from: { address: number; port: number }, calledPort: number): Connection {
  const listener = call.listeners.get(calledPort);
  return {
    id: wire.nextConnectionId(),
    device: listener?.device ?? -1,
    activity: call.activity,
    protocol: PROTOCOL_TCP,
    insideAddress: listener?.address ?? call.publicAddress,
    insidePort: listener?.port ?? calledPort,
    serverAddress: from.address,
    serverPort: from.port,
    serverName: '',
    dnsAnswer: 0,
    calledAddress: call.publicAddress,
    calledPort,
  };
}

/** What a listener needs to answer a packet that has passed the router. */
export const LISTENER_NS = NS_PER_MS / 2;

/** Somebody outside who opens connections to the office: what goes up for others comes down for him. */
export class Stranger implements Caller {
  readonly wire: Caller['wire'];
  readonly details: Random;
  /** The way to him and back. */
  readonly replyNs: DurationNs;
  readonly #knock: (calledPort: number) => Connection;

  /** `address` is his, `roundTripNs` away from the router. */
  constructor(wire: Wire, call: Call, address: number, roundTripNs: DurationNs, random: Random) {
    this.details = random;
    this.replyNs = roundTripNs;
    this.#knock = (calledPort) =>
      knock(wire, call, { address, port: random.int(FIRST_STRANGER_PORT, LAST_STRANGER_PORT) }, calledPort);
    this.wire = {
      send: (connection, direction: Direction, ...train) => wire.send(connection, direction === 'up' ? 'down' : 'up', ...train),
    };
  }

  roundTripNs(): DurationNs {
    return LISTENER_NS;
  }

  connect({ port }: Server): Connection {
    return this.#knock(port);
  }
}
