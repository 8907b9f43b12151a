import type { RemoteInfo, Socket } from 'node:dgram';
import { kernelDrops } from './kernel-drops.ts';
import { close, openSocket, type Endpoint } from './open-socket.ts';
import { receiveStamps } from './receive-stamp.ts';

export interface Source extends Endpoint {
  readonly family: 'IPv4' | 'IPv6';
}

export interface ReceiverOptions extends Endpoint {
  /** Sockets on the one port, the kernel spreads senders over them; 1 unless told. More than 1 needs Node 23.1 and Linux. */
  readonly receivers?: number;
  /** Octets asked of the kernel for datagrams that wait, for each socket; it may give less (`net.core.rmem_max`). */
  readonly receiveBufferOctets?: number;
  /** `payload` is the callee's to keep. `receivedAtUs`: microseconds since 1970. */
  readonly onDatagram: (payload: Uint8Array, source: Source, receivedAtUs: number) => void;
}

export interface ReceiverStats {
  readonly receivers: number;
  readonly datagrams: number;
  readonly octets: number;
  /** What the kernel gave each socket. */
  readonly receiveBufferOctets: number;
  /** Datagrams lost for want of buffer; `undefined` where the system does not tell. */
  readonly kernelDrops: number | undefined;
}

const HAS_REUSE_PORT = ((): boolean => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return process.platform === 'linux' && (major > 23 || (major === 23 && minor >= 1));
})();

/** UDP sockets that listen on one port and stamp what comes. */
export class DatagramReceiverPool {
  readonly #sockets: readonly Socket[];
  #datagrams = 0;
  #octets = 0;
  #closing: Promise<void> | undefined;

  private constructor(sockets: readonly Socket[], onDatagram: ReceiverOptions['onDatagram']) {
    this.#sockets = sockets;
    const stamp = receiveStamps();
    for (const socket of sockets) {
      socket.on('message', (payload: Buffer, source: RemoteInfo) => {
        const receivedAtUs = stamp();
        this.#datagrams++;
        this.#octets += payload.length;
        onDatagram(payload, source, receivedAtUs);
      });
      // A later error (an ICMP message the kernel passes on) is about one datagram and no reason to end.
      socket.on('error', () => undefined);
    }
  }

  /** Binds the sockets; port 0 takes a free one. Rejects with a `SocketError`, and nothing stays open then. */
  static async open({
    address,
    port,
    receivers = 1,
    receiveBufferOctets,
    onDatagram,
  }: ReceiverOptions): Promise<DatagramReceiverPool> {
    const count = HAS_REUSE_PORT ? Math.max(1, receivers) : 1;
    const options = {
      ...(count > 1 ? { reusePort: true } : {}),
      ...(receiveBufferOctets === undefined ? {} : { recvBufferSize: receiveBufferOctets }),
    };
    const sockets: Socket[] = [];
    try {
      for (let index = 0; index < count; index++) {
        sockets.push(await openSocket({ address, port: sockets[0]?.address().port ?? port }, options));
      }
    } catch (error) {
      await Promise.all(sockets.map(close));
      throw error;
    }
    return new DatagramReceiverPool(sockets, onDatagram);
  }

  /** Where the pool listens, with the port it got. */
  get endpoint(): Endpoint {
    const { address, port } = (this.#sockets[0] as Socket).address();
    return { address, port };
  }

  stats(): ReceiverStats {
    const [first] = this.#sockets as [Socket];
    const { port, family } = first.address();
    return {
      receivers: this.#sockets.length,
      datagrams: this.#datagrams,
      octets: this.#octets,
      receiveBufferOctets: first.getRecvBufferSize(),
      kernelDrops: kernelDrops(port, family === 'IPv6' ? 'IPv6' : 'IPv4'),
    };
  }

  /** Resolves when all sockets are closed; may be called again. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#sockets.map(close)).then(() => undefined);
    return this.#closing;
  }
}
