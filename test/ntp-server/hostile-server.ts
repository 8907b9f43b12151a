import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../core/net/endpoint.ts';
import { decodePacket, type NtpPacket } from '../../core/ntp/packet.ts';
import { ntpTimestamp } from '../../core/ntp/timestamp.ts';
import { NS_PER_S, wallNs } from '../../core/time/instant.ts';
import { startSystemTime } from '../../runtime/system-time.ts';
import { AHEAD_S, type TortureRow } from './torture.ts';
import { soundReply } from '../core/ntp/sound-reply.ts';

/** A server on a port of its own that answers as a row of the torture table says. */
export class HostileServer {
  /** The requests as they came, and the ports they came from. */
  readonly requests: Uint8Array[] = [];
  readonly ports: number[] = [];
  readonly #socket: Socket;
  readonly #time = startSystemTime();

  private constructor(row: Pick<TortureRow, 'replies' | 'aheadS' | 'wayMs'>) {
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (request, { address, port }) => {
      this.requests.push(request);
      this.ports.push(port);
      void this.#answer(row, request).then((replies) => {
        for (const reply of replies) this.#socket.send(reply, port, address);
      });
    });
  }

  static async start(row: Pick<TortureRow, 'replies' | 'aheadS' | 'wayMs'>): Promise<HostileServer> {
    const server = new HostileServer(row);
    server.#socket.bind(0, '127.0.0.1');
    await once(server.#socket, 'listening');
    return server;
  }

  get endpoint(): Endpoint {
    return { address: '127.0.0.1', port: this.#socket.address().port };
  }

  close(): void {
    this.#socket.close();
  }

  /** The path is modelled: a reply leaves both ways' delay after its request came, and is stamped in the middle. */
  async #answer({ replies, aheadS = AHEAD_S, wayMs = 0 }: Pick<TortureRow, 'replies' | 'aheadS' | 'wayMs'>, request: Uint8Array) {
    const arrivedAt = this.#time.now();
    if (wayMs > 0) await sleep(2 * wayMs);
    const middle = (arrivedAt + this.#time.now()) / 2;
    const stamp = (ns: number): bigint => ntpTimestamp(this.#time.epoch, wallNs(Math.round(ns + aheadS * NS_PER_S)));
    const { transmitTimestamp: originTimestamp } = decodePacket(request) as NtpPacket;
    return replies(
      soundReply({
        referenceTimestamp: stamp(middle - 10 * NS_PER_S),
        originTimestamp,
        receiveTimestamp: stamp(middle),
        transmitTimestamp: stamp(middle),
      }),
    );
  }
}
