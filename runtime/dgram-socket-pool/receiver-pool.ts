import type { RemoteInfo, Socket } from 'node:dgram';
import { FastPath, type FastPathOptions, type FastPathStats } from './fast-path.ts';
import { KernelDrops } from './kernel-drops.ts';
import { askForBuffer, close, openSocket, type Endpoint } from './open-socket.ts';
import { receiveStamps } from './receive-stamp.ts';
import { SourceTable, type Source } from './source-table.ts';

export interface ReceiverOptions extends Endpoint {
  /** Sockets on the one port, the kernel spreads senders over them; 1 unless told. More than 1 needs Node 23.1 and Linux. */
  readonly receivers?: number;
  /** Octets asked of the kernel for datagrams that wait, for each socket; it may give less (`net.core.rmem_max`). */
  readonly receiveBufferOctets?: number;
  /** Whether datagrams from this address are taken; all are without it. Asked before anything else is done with one. */
  readonly accepts?: (address: string) => boolean;
  /** Gives sources that send much a socket of their own, on Linux and with one receiver; none has one without it. */
  readonly fastPath?: FastPathOptions | undefined;
  /** `payload` is the callee's to keep, but with `fastPath` written over when it returns. `receivedAtUs`: microseconds since 1970. */
  readonly onDatagram: (payload: Uint8Array, source: Source, receivedAtUs: number) => void;
}

export interface ReceiverStats {
  readonly receivers: number;
  /** Datagrams taken, and their octets. */
  readonly datagrams: number;
  readonly octets: number;
  /** Datagrams of addresses that are not accepted, which `datagrams` leaves out. */
  readonly refused: number;
  /** What the kernel gave each socket. */
  readonly receiveBufferOctets: number;
  /** Datagrams lost for want of buffer; `undefined` where the system does not tell. */
  readonly kernelDrops: number | undefined;
  /** The same for each socket that is open, in no particular order. */
  readonly kernelDropsBySocket: readonly number[] | undefined;
  readonly fastPath: FastPathStats;
}

const HAS_REUSE_PORT = ((): boolean => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return process.platform === 'linux' && (major > 23 || (major === 23 && minor >= 1));
})();

type SystemStats = Pick<ReceiverStats, 'receiveBufferOctets' | 'kernelDrops' | 'kernelDropsBySocket'>;

const NO_FAST_PATH = { sockets: 0, promotions: 0, demotions: 0, datagrams: 0 };

/** UDP sockets that listen on one port and stamp what comes. */
export class DatagramReceiverPool {
  /** Where the pool listens, with the port it got. */
  readonly endpoint: Endpoint;
  readonly #sockets: readonly Socket[];
  readonly #drops: KernelDrops;
  readonly #sources: SourceTable;
  readonly #fastPath: FastPath | undefined;
  readonly #onDatagram: ReceiverOptions['onDatagram'];
  readonly #stamp = receiveStamps();
  readonly #noFastPath: string | undefined;
  /** What the system said last, for when the sockets are closed. */
  #last: SystemStats | undefined;
  /** Datagrams Node read of the sockets for all, those not accepted included. */
  #seen = 0;
  #datagrams = 0;
  #octets = 0;
  #refused = 0;
  #closing: Promise<void> | undefined;

  private constructor(sockets: readonly Socket[], options: ReceiverOptions, noFastPath: string | undefined) {
    const { onDatagram, accepts = () => true, fastPath, receiveBufferOctets } = options;
    const socket = sockets[0] as Socket;
    this.#sockets = sockets;
    this.#onDatagram = onDatagram;
    this.#sources = new SourceTable(accepts);
    const { address, port, family } = socket.address();
    this.endpoint = { address, port };
    this.#drops = new KernelDrops({ address, port, family: family === 'IPv6' ? 'IPv6' : 'IPv4' }, sockets.length);
    this.#noFastPath = noFastPath;
    if (fastPath !== undefined && noFastPath === undefined) {
      // Which sockets are those for all must be known before there are others on the port.
      this.#drops.read();
      this.#fastPath = new FastPath(
        {
          socket,
          bound: this.endpoint,
          receiveBufferOctets,
          drops: this.#drops,
          seen: () => this.#seen,
          onMessage: (payload, remote) => this.#message(payload, remote),
          onDatagram: (payload, source) => this.#taken(payload, source),
        },
        fastPath,
      );
    }
    for (const each of sockets) {
      each.on('message', (payload: Buffer, remote: RemoteInfo) => {
        this.#seen++;
        this.#message(payload, remote);
      });
    }
  }

  /**
   * Binds the sockets; port 0 takes a free one. Rejects with a `SocketError`, or a `RangeError` when `receivers` is no whole
   * number from 1 on; nothing stays open then.
   */
  static async open(options: ReceiverOptions): Promise<DatagramReceiverPool> {
    const { address, port, receivers = 1, receiveBufferOctets } = options;
    if (!Number.isInteger(receivers) || receivers < 1) throw new RangeError(`there cannot be ${receivers} receivers`);
    const count = HAS_REUSE_PORT ? receivers : 1;
    const noFastPath = whyNoFastPath(options, count);
    const sharing = { reusePort: count > 1, reuseAddr: noFastPath === undefined };
    const sockets: Socket[] = [];
    try {
      // A socket that shares its address would not notice that another program has it.
      if (sharing.reuseAddr && port > 0) await close(await openSocket({ address, port }, {}));
      for (let index = 0; index < count; index++) {
        const socket = await openSocket({ address, port: sockets[0]?.address().port ?? port }, sharing);
        sockets.push(socket);
        askForBuffer(socket, 'receive', receiveBufferOctets);
      }
    } catch (error) {
      await Promise.all(sockets.map(close));
      throw error;
    }
    return new DatagramReceiverPool(sockets, options, noFastPath);
  }

  /** Counts since the pool was opened; after `close`, the last ones. */
  stats(): ReceiverStats {
    const system = this.#last ?? this.#askSystem();
    return {
      receivers: this.#sockets.length,
      datagrams: this.#datagrams,
      octets: this.#octets,
      refused: this.#refused,
      ...system,
      fastPath: this.#fastPath?.stats() ?? { ...NO_FAST_PATH, offBecause: this.#noFastPath },
    };
  }

  /** Resolves when all sockets are closed; may be called again. */
  close(): Promise<void> {
    this.#last ??= this.#askSystem();
    this.#closing ??= Promise.all([this.#fastPath?.close(), ...this.#sockets.map(close)]).then(() => undefined);
    return this.#closing;
  }

  /** Node read a datagram of anybody's. */
  #message(payload: Uint8Array, remote: RemoteInfo): void {
    const source = this.#sources.of(remote);
    if (!source.isAccepted) return void this.#refused++;
    this.#taken(payload, source);
    this.#fastPath?.count(source);
  }

  #taken(payload: Uint8Array, source: Source): void {
    this.#datagrams++;
    this.#octets += payload.length;
    this.#onDatagram(payload, source, this.#stamp());
  }

  #askSystem(): SystemStats {
    const kernelDropsBySocket = this.#drops.read();
    return {
      receiveBufferOctets: (this.#sockets[0] as Socket).getRecvBufferSize(),
      kernelDrops: kernelDropsBySocket?.reduce((sum, drops) => sum + drops, this.#drops.past),
      kernelDropsBySocket,
    };
  }
}

function whyNoFastPath({ fastPath }: ReceiverOptions, receivers: number): string | undefined {
  if (fastPath === undefined) return 'it was not asked for';
  if (receivers > 1) return 'there are several receivers';
  // Elsewhere the kernel does not prefer the socket that is connected, or takes no second one.
  return process.platform === 'linux' ? undefined : `it needs Linux and this is ${process.platform}`;
}
