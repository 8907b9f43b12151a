import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What came off the wire. */
export interface Arrival {
  readonly payload: Uint8Array;
  readonly source: { readonly address: string; readonly port: number };
}

/** Loopback loses nothing unless a buffer overflows, and one datagram under way cannot overflow it. */
const ARRIVAL_TIMEOUT_MS = 5_000;

/**
 * A pair of real UDP sockets on loopback. `cross` sends one datagram and resolves when it has really arrived, so virtual
 * time can stand still meanwhile; when it arrived in the simulation is not the wire's business.
 */
export class LockStepWire {
  readonly #sender: Socket;
  readonly #receiver: Socket;
  #expected: { resolve: (arrival: Arrival) => void; reject: (error: Error) => void } | undefined;

  private constructor(sender: Socket, receiver: Socket) {
    this.#sender = sender;
    this.#receiver = receiver;
    const own = (sender.address() as AddressInfo).port;
    receiver.on('message', (payload: Buffer, { address, port }: RemoteInfo) => {
      if (port !== own) return;
      this.#expected?.resolve({ payload, source: { address, port } });
      this.#expected = undefined;
    });
    for (const socket of [sender, receiver]) socket.on('error', (error) => this.#expected?.reject(error));
  }

  /** Opens both sockets on ports the system chooses. */
  static async open(): Promise<LockStepWire> {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    for (const socket of sockets) {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
    }
    const [sender, receiver] = sockets;
    sender.connect(receiver.address().port, '127.0.0.1');
    await once(sender, 'connect');
    return new LockStepWire(sender, receiver);
  }

  /** One datagram at a time: resolves with what the receiving socket got, rejects when it did not come. */
  async cross(payload: Uint8Array): Promise<Arrival> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Arrival>((resolve, reject) => {
        this.#expected = { resolve, reject };
        timer = setTimeout(
          () =>
            reject(new Error(`a datagram of ${payload.length} octets did not cross loopback within ${ARRIVAL_TIMEOUT_MS} ms`)),
          ARRIVAL_TIMEOUT_MS,
        );
        this.#sender.send(payload, (error) => {
          if (error !== null) reject(error);
        });
      });
    } finally {
      clearTimeout(timer);
      this.#expected = undefined;
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#sender, this.#receiver].map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }
}
