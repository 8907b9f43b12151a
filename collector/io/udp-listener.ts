import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Datagram } from '../collecting/datagram.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Octets asked of the kernel for datagrams that wait; it may give less. */
  readonly receiveBufferOctets: number;
  readonly onDatagram: (datagram: Datagram) => void;
}

const US_PER_MS = 1_000;

/** One UDP socket that stamps datagrams as they come. */
export class UdpListener {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Rejects with the system's error (`code` EADDRINUSE, EACCES, ...) when the address cannot be had. */
  static async open({ host, port, receiveBufferOctets, onDatagram }: ListenerOptions): Promise<UdpListener> {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: receiveBufferOctets });
    socket.on('message', (payload, { address, port: sourcePort, family }) => {
      const source = family === 'IPv6' ? `[${address}]:${sourcePort}` : `${address}:${sourcePort}`;
      onDatagram({ payload, source, receivedAtUs: Date.now() * US_PER_MS });
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: host, port, exclusive: true }, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    // A later error (an ICMP message the kernel passes on) is about one datagram and no reason to end.
    socket.on('error', () => undefined);
    return new UdpListener(socket);
  }

  /** `127.0.0.1:4739` as bound. */
  get endpoint(): string {
    const { address, port, family } = this.#socket.address();
    return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
  }

  /** Octets the kernel gave. */
  get receiveBufferOctets(): number {
    return this.#socket.getRecvBufferSize();
  }

  close(): Promise<void> {
    return new Promise((resolve) => void this.#socket.close(() => resolve()));
  }
}
