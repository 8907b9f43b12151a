import type { Socket } from 'node:dgram';
import { askForBuffer, close, formatEndpoint, openSocket, type Endpoint } from './open-socket.ts';
import { SocketError } from './socket-error.ts';

export interface SenderOptions {
  /** A host name or an address. */
  readonly destination: Endpoint;
  /** One socket for each, with that source address; port 0 or none takes a free one. One socket the system chooses unless told. */
  readonly sources?: readonly { readonly address: string; readonly port?: number }[];
  /** Octets asked of the kernel for datagrams that wait to leave. */
  readonly sendBufferOctets?: number;
  /** Octets that may wait in the process before `send` makes its caller wait; 262144 unless told. */
  readonly maxQueuedOctets?: number;
  /** What a source hears back from the destination. */
  readonly onDatagram?: (payload: Uint8Array, index: number) => void;
  /** What became of each datagram given to `post`: of one source in the order they were given. */
  readonly onPosted?: (index: number, accepted: boolean) => void;
}

export interface SenderStats {
  readonly senders: number;
  readonly datagrams: number;
  readonly octets: number;
  /** Datagrams the system refused. */
  readonly failed: number;
  /** Octets that wait in the process now. */
  readonly queuedOctets: number;
  readonly sendBufferOctets: number;
}

const DEFAULT_MAX_QUEUED_OCTETS = 262_144;
/** Datagrams of `post` that may wait in the process. */
export const MOST_POSTED = 128;
const CLOSED = Object.assign(new Error('the pool is closed'), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });

/** UDP sockets, each with a source address of its own, that send to one destination. */
export class DatagramSenderPool {
  readonly #sockets: readonly Socket[];
  readonly #maxQueuedOctets: number;
  #datagrams = 0;
  #octets = 0;
  #failed = 0;
  #queuedOctets = 0;
  /** An empty datagram waits, too. */
  #queuedDatagrams = 0;
  #waiting: (() => void)[] = [];
  readonly #sendBufferOctets: number;
  /** One for each socket: a function for each datagram would be garbage. */
  readonly #posted: readonly ((error: Error | null, octets?: number) => void)[];
  #closing: Promise<void> | undefined;

  private constructor(sockets: readonly Socket[], maxQueuedOctets: number, onPosted: SenderOptions['onPosted']) {
    this.#sockets = sockets;
    this.#posted = sockets.map((_, index) => (error, octets = 0) => {
      this.#queuedOctets += octets;
      this.#sent(octets, error);
      onPosted?.(index, error === null);
    });
    this.#maxQueuedOctets = maxQueuedOctets;
    this.#sendBufferOctets = (sockets[0] as Socket).getSendBufferSize();
  }

  /**
   * Binds and connects the sockets. Rejects with a `SocketError`, or a `RangeError` when `sources` is empty; nothing stays open
   * then.
   */
  static async open(options: SenderOptions): Promise<DatagramSenderPool> {
    const { destination, sources, sendBufferOctets, maxQueuedOctets = DEFAULT_MAX_QUEUED_OCTETS, onDatagram, onPosted } = options;
    if (sources?.length === 0) throw new RangeError('there is no source to send from');
    const any = destination.address.includes(':') ? '::' : '0.0.0.0';
    const sockets: Socket[] = [];
    try {
      for (const { address, port = 0 } of sources ?? [{ address: any }]) {
        const socket = await openSocket({ address, port }, {});
        const index = sockets.push(socket) - 1;
        askForBuffer(socket, 'send', sendBufferOctets);
        await connect(socket, destination);
        if (onDatagram !== undefined) socket.on('message', (payload: Buffer) => onDatagram(payload, index));
      }
    } catch (error) {
      await Promise.all(sockets.map(close));
      throw error;
    }
    return new DatagramSenderPool(sockets, maxQueuedOctets, onPosted);
  }

  /** Source endpoints, in the order of `sources`. */
  get endpoints(): Endpoint[] {
    return this.#sockets.map((socket) => {
      const { address, port } = socket.address();
      return { address, port };
    });
  }

  /**
   * Sends from source `index`. Resolves at once while little waits in the process, later when much does: back-pressure. Rejects
   * with a `RangeError` when there is no such source and with a `SocketError` once the pool is closing; a datagram the system
   * refuses is no rejection but counted in `failed`.
   */
  async send(payload: Uint8Array, index = 0): Promise<void> {
    const socket = this.#sockets[index];
    if (socket === undefined) throw new RangeError(`there is no sender ${index}`);
    if (this.#closing !== undefined) throw new SocketError('cannot send', CLOSED);
    const { length } = payload;
    const settle = (error: Error | null): void => this.#sent(length, error);
    socket.send(payload, (error) => {
      // The refusal (ICMP port unreachable) answers an earlier datagram: the system has not tried this one.
      if ((error as NodeJS.ErrnoException | null)?.code === 'ECONNREFUSED') socket.send(payload, settle);
      else settle(error);
    });
    this.#queuedOctets += length;
    this.#queuedDatagrams++;
    while (this.#queuedOctets > this.#maxQueuedOctets) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  /**
   * Sends from source `index` without a promise, for those who send all the time. Returns whether there is room for more; when there
   * is not, `room` is to be waited for. A datagram the system refuses is counted in `failed` and not tried again.
   */
  post(payload: Uint8Array, index: number): boolean {
    const socket = this.#sockets[index];
    if (socket === undefined) throw new RangeError(`there is no sender ${index}`);
    if (this.#closing !== undefined) throw new SocketError('cannot send', CLOSED);
    this.#queuedDatagrams++;
    socket.send(payload, this.#posted[index]);
    return this.#queuedDatagrams < MOST_POSTED;
  }

  /** Resolves when so little waits that `post` may go on. */
  async room(): Promise<void> {
    while (this.#queuedDatagrams >= MOST_POSTED) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  stats(): SenderStats {
    return {
      senders: this.#sockets.length,
      datagrams: this.#datagrams,
      octets: this.#octets,
      failed: this.#failed,
      queuedOctets: this.#queuedOctets,
      sendBufferOctets: this.#sendBufferOctets,
    };
  }

  /** Resolves when everything has been handed to the system and all sockets are closed; may be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#drainAndClose();
    return this.#closing;
  }

  async #drainAndClose(): Promise<void> {
    while (this.#queuedDatagrams > 0) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    await Promise.all(this.#sockets.map(close));
  }

  #sent(octets: number, error: Error | null): void {
    this.#queuedOctets -= octets;
    this.#queuedDatagrams--;
    if (error === null) {
      this.#datagrams++;
      this.#octets += octets;
    } else this.#failed++;
    // Who waits for less is not woken for each datagram; close waits for the last.
    if (this.#queuedOctets > this.#maxQueuedOctets && this.#queuedDatagrams > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}

/** Node hands the failure of a name's look-up to the callback, other failures to the event. */
function connect(socket: Socket, destination: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      socket.off('error', settle);
      if (error === null || error === undefined) resolve();
      else reject(new SocketError(`cannot send to ${formatEndpoint(destination)}`, error));
    };
    socket.once('error', settle);
    socket.connect(destination.port, destination.address, settle as () => void);
  });
}
