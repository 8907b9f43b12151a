import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6, type AddressInfo } from 'node:net';
import type { Endpoint } from '../../core/net/endpoint.ts';
import type { NtpServer } from '../server.ts';
import type { SystemTime } from '../../runtime/system-time.ts';

/** Drives an `NtpServer` by a UDP socket: stamps what arrives, sends what the server answers. */
export class UdpServer {
  readonly #socket: Socket;
  readonly #server: NtpServer;
  readonly #time: SystemTime;

  private constructor(socket: Socket, server: NtpServer, time: SystemTime) {
    this.#socket = socket;
    this.#server = server;
    this.#time = time;
    socket.on('message', (payload: Buffer, source: RemoteInfo) => this.#answer(payload, source));
    // A client that has gone (ICMP port unreachable) is no reason to stop serving the others.
    socket.on('error', () => {});
  }

  /** Listens on `endpoint`; port 0 takes a free one. Rejects with the system's error, EADDRINUSE for one. */
  static async listen(endpoint: Endpoint, server: NtpServer, time: SystemTime): Promise<UdpServer> {
    const socket = createSocket(isIPv6(endpoint.address) ? 'udp6' : 'udp4');
    try {
      socket.bind(endpoint.port, endpoint.address);
      await once(socket, 'listening');
    } catch (error) {
      socket.close();
      throw error;
    }
    return new UdpServer(socket, server, time);
  }

  /** Where the server listens, with the port it got. */
  get endpoint(): Endpoint {
    const { address, port } = this.#socket.address() as AddressInfo;
    return { address, port };
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #answer(payload: Uint8Array, source: Endpoint): void {
    this.#server.handle(this.#time.now(), { payload, source });
    for (let reply = this.#server.poll(); reply !== undefined; reply = this.#server.poll()) {
      this.#socket.send(reply.payload, reply.destination.port, reply.destination.address, ignoreSendError);
    }
  }
}

/** A reply that cannot be sent is a lost datagram; its client asks again. */
const ignoreSendError = (): void => {};
