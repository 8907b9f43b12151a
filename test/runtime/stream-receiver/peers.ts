import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { StreamReader } from '../../../runtime/stream-receiver/connection.ts';
import { StreamReceiver, type StreamReceiverOptions } from '../../../runtime/stream-receiver/stream-receiver.ts';

/** Messages of this test: one octet with the length of what follows; 255 is none. */
class LengthFirst implements StreamReader {
  readonly #onText: (text: string) => void;
  readonly #onEnd: () => void;
  #octets = Buffer.alloc(0);

  constructor(onText: (text: string) => void, onEnd: () => void) {
    this.#onText = onText;
    this.#onEnd = onEnd;
  }

  read(octets: Uint8Array): { messages: number; waitingOctets: number; isBroken: boolean } {
    this.#octets = Buffer.concat([this.#octets, octets]);
    let messages = 0;
    for (; this.#octets.length > (this.#octets[0] ?? 255); messages++) {
      const length = this.#octets[0] as number;
      this.#onText(this.#octets.toString('utf8', 1, 1 + length));
      this.#octets = this.#octets.subarray(1 + length);
    }
    return { messages, waitingOctets: this.#octets.length, isBroken: this.#octets[0] === 255 };
  }

  end(): void {
    this.#onEnd();
  }
}

export const message = (text: string): Buffer => Buffer.from([text.length, ...Buffer.from(text)]);

/** A receiver with what came over all its connections, and the ends of them. */
export async function streams(
  options: Partial<StreamReceiverOptions> = {},
): Promise<{ receiver: StreamReceiver; texts: string[]; ended: string[] }> {
  const texts: string[] = [];
  const ended: string[] = [];
  const receiver = await StreamReceiver.open({
    address: '127.0.0.1',
    port: 0,
    maxConnections: 100,
    maxConnectionsPerAddress: 100,
    idleTimeoutMs: 60_000,
    messageTimeoutMs: 60_000,
    maxWaitingOctets: 1_000,
    onConnection: (source) =>
      new LengthFirst(
        (text) => void texts.push(text),
        () => void ended.push(source),
      ),
    ...options,
  });
  onTestFinished(() => receiver.close());
  return { receiver, texts, ended };
}

/** A client whose own mishaps are not the test's. */
export async function client({ endpoint }: StreamReceiver, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host: endpoint.address, port: endpoint.port, localAddress });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.resume();
  return socket;
}
