import type { RemoteInfo, Socket } from 'node:dgram';
import { ConnectedSocket } from './connected-socket.ts';
import type { KernelDrops } from './kernel-drops.ts';
import type { Endpoint } from './open-socket.ts';
import { readOut } from './read-out.ts';
import type { KnownSource } from './source-table.ts';

export interface FastPathOptions {
  /** Sources with a socket of their own at a time. */
  readonly maxSockets: number;
  /** Datagrams a second that make a source worth one; 10000 unless told. A quarter of it for some seconds ends it. */
  readonly fromPerSecond?: number;
}

export interface FastPathStats {
  /** Sources that have a socket of their own now. */
  readonly sockets: number;
  readonly promotions: number;
  readonly demotions: number;
  /** Datagrams that came that way. */
  readonly datagrams: number;
  /** Why there is none, in a sentence; `undefined` while there may be. */
  readonly offBecause: string | undefined;
}

/** What the pool gives of itself. */
export interface FastPathHost {
  readonly socket: Socket;
  readonly bound: Endpoint;
  readonly receiveBufferOctets: number | undefined;
  readonly drops: KernelDrops;
  /** Datagrams the socket for all has read. */
  readonly seen: () => number;
  readonly onMessage: (payload: Uint8Array, remote: RemoteInfo) => void;
  readonly onDatagram: (payload: Uint8Array, source: KnownSource) => void;
}

const DEFAULT_FROM_PER_SECOND = 10_000;
/** Below it Node's own way costs less than to look for datagrams all the time. */
const KEEP_SHARE = 1 / 4;
const QUIET_SECONDS = 5;
const SECOND_MS = 1_000;
/** Milliseconds between two looks when nothing waits: no buffer fills up meanwhile. */
const LOOK_AGAIN_MS = 1;
/** Datagrams read of one source before the next one's turn. */
const BURST = 256;

interface Promoted {
  readonly socket: ConnectedSocket;
  countBefore: number;
  quietSeconds: number;
}

/** Sockets of their own for sources that send much. */
export class FastPath {
  readonly #host: FastPathHost;
  readonly #maxSockets: number;
  readonly #fromPerSecond: number;
  readonly #promoted = new Set<Promoted>();
  readonly #second: NodeJS.Timeout;
  #look: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #now = 0;
  #promotions = 0;
  #demotions = 0;
  #demotedDatagrams = 0;
  #offBecause: string | undefined;
  #isClosed = false;

  constructor(host: FastPathHost, { maxSockets, fromPerSecond = DEFAULT_FROM_PER_SECOND }: FastPathOptions) {
    this.#host = host;
    this.#maxSockets = maxSockets;
    this.#fromPerSecond = fromPerSecond;
    this.#second = setInterval(() => this.#everySecond(), SECOND_MS).unref();
  }

  stats(): FastPathStats {
    let datagrams = this.#demotedDatagrams;
    for (const { socket } of this.#promoted) datagrams += socket.count;
    return {
      sockets: this.#promoted.size,
      promotions: this.#promotions,
      demotions: this.#demotions,
      datagrams,
      offBecause: this.#offBecause,
    };
  }

  /** A datagram of the source came over the socket for all. */
  count(source: KnownSource): void {
    if (source.countedFrom !== this.#now) {
      source.countedFrom = this.#now;
      source.count = 0;
    }
    if (++source.count === this.#fromPerSecond && source.mayBeFast) this.#promote(source);
  }

  /** Reads what waits and closes all sockets. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#second);
    await Promise.all([...this.#promoted].map((each) => this.#demote(each)));
  }

  #promote(source: KnownSource): void {
    if (this.#isClosed || this.#offBecause !== undefined || this.#promoted.size >= this.#maxSockets) return;
    source.mayBeFast = false;
    const { bound, receiveBufferOctets, onDatagram, drops, socket: ofAll, seen, onMessage } = this.#host;
    const socket = ConnectedSocket.open(bound, source, receiveBufferOctets, onDatagram);
    if (socket === undefined) return void (this.#offBecause = 'this system gives a source no socket of its own that can be read');
    drops.watch(socket.fd);
    this.#promotions++;
    this.#promoted.add({ socket, countBefore: 0, quietSeconds: 0 });
    // What the source sent before waits in the socket for all, and is to be read before what it sends now.
    void readOut(ofAll, seen)
      .then(() => socket.start(onMessage))
      .then(() => this.#lookSoon());
  }

  #demote(promoted: Promoted): Promise<void> {
    const { socket } = promoted;
    this.#host.drops.forget(socket.fd);
    this.#demotions++;
    this.#promoted.delete(promoted);
    const closed = socket.close();
    this.#demotedDatagrams += socket.count;
    return closed;
  }

  #lookSoon(): void {
    this.#look ??= setImmediate(() => this.#readAll());
  }

  #readAll(): void {
    let isMore = false;
    for (const { socket } of this.#promoted) isMore = socket.drain(BURST) || isMore;
    this.#look = undefined;
    if (this.#promoted.size === 0) return;
    this.#look = isMore ? setImmediate(() => this.#readAll()) : setTimeout(() => this.#readAll(), LOOK_AGAIN_MS);
  }

  #everySecond(): void {
    this.#now++;
    for (const promoted of this.#promoted) {
      const { socket, countBefore } = promoted;
      const isQuiet = socket.count - countBefore < this.#fromPerSecond * KEEP_SHARE;
      promoted.countBefore = socket.count;
      promoted.quietSeconds = isQuiet ? promoted.quietSeconds + 1 : 0;
      if (promoted.quietSeconds < QUIET_SECONDS) continue;
      // One that never got anything is sent to by another of our addresses: it is not tried again.
      socket.source.mayBeFast = socket.count > 0;
      void this.#demote(promoted);
    }
  }
}
