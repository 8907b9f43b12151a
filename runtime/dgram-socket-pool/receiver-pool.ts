import type { RemoteInfo, Socket } from 'node:dgram';
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
  /** `payload` is the callee's to keep. `receivedAtUs`: microseconds since 1970. */
  readonly onDatagram: (payload: Uint8Array, source: Source, receivedAtUs: number) => void;
}

export interface ReceiverStats {
  readonly receivers: number;
  readonly datagrams: number;
  readonly octets: number;
  /** Datagrams of addresses that are not accepted. */
  readonly refused: number;
  /** What the kernel gave each socket. */
  readonly receiveBufferOctets: number;
  /** Datagrams lost for want of buffer; `undefined` where the system does not tell. */
  readonly kernelDrops: number | undefined;
  /** The same for each socket, in no particular order. */
  readonly kernelDropsBySocket: readonly number[] | undefined;
}

const HAS_REUSE_PORT = ((): boolean => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return process.platform === 'linux' && (major > 23 || (major === 23 && minor >= 1));
})();

type SystemStats = Pick<ReceiverStats, 'receiveBufferOctets' | 'kernelDrops' | 'kernelDropsBySocket'>;

/** UDP sockets that listen on one port and stamp what comes. */
export class DatagramReceiverPool {
  /** Where the pool listens, with the port it got. */
  readonly endpoint: Endpoint;
  readonly #sockets: readonly Socket[];
  readonly #drops: KernelDrops;
  /** What the system said last, for when the sockets are closed. */
  #last: SystemStats | undefined;
  #datagrams = 0;
  #octets = 0;
  #refused = 0;
  #closing: Promise<void> | undefined;

  private constructor(sockets: readonly Socket[], { onDatagram, accepts = () => true }: ReceiverOptions) {
    this.#sockets = sockets;
    const { address, port, family } = (sockets[0] as Socket).address();
    this.endpoint = { address, port };
    this.#drops = new KernelDrops({ address, port, family: family === 'IPv6' ? 'IPv6' : 'IPv4' }, sockets.length);
    const stamp = receiveStamps();
    const sources = new SourceTable(accepts);
    for (const socket of sockets) {
      socket.on('message', (payload: Buffer, remote: RemoteInfo) => {
        const source = sources.of(remote);
        if (!source.isAccepted) return void this.#refused++;
        const receivedAtUs = stamp();
        this.#datagrams++;
        this.#octets += payload.length;
        onDatagram(payload, source, receivedAtUs);
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
    const sharing = count > 1 ? { reusePort: true } : {};
    const sockets: Socket[] = [];
    try {
      for (let index = 0; index < count; index++) {
        const socket = await openSocket({ address, port: sockets[0]?.address().port ?? port }, sharing);
        sockets.push(socket);
        askForBuffer(socket, 'receive', receiveBufferOctets);
      }
    } catch (error) {
      await Promise.all(sockets.map(close));
      throw error;
    }
    return new DatagramReceiverPool(sockets, options);
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
    };
  }

  /** Resolves when all sockets are closed; may be called again. */
  close(): Promise<void> {
    this.#last ??= this.#askSystem();
    this.#closing ??= Promise.all(this.#sockets.map(close)).then(() => undefined);
    return this.#closing;
  }

  #askSystem(): SystemStats {
    const kernelDropsBySocket = this.#drops.read();
    return {
      receiveBufferOctets: (this.#sockets[0] as Socket).getRecvBufferSize(),
      kernelDrops: kernelDropsBySocket?.reduce((sum, drops) => sum + drops, 0),
      kernelDropsBySocket,
    };
  }
}
