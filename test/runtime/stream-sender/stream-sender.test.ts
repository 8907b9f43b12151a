import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { StreamSender } from '../../../runtime/stream-sender/stream-sender.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { makeCertificates } from './certificates.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Whoever listens, its clients, and all they sent. */
class Peer {
  readonly sockets: Socket[] = [];
  readonly #received: Buffer[] = [];
  readonly #server: Server;

  constructor(server: Server, event: 'connection' | 'secureConnection') {
    this.#server = server;
    server.on(event, (socket: Socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => void this.#received.push(data));
    });
  }

  async listen(port = 0): Promise<{ address: string; port: number }> {
    open.push(this);
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return { address: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  get octets(): Buffer {
    return Buffer.concat(this.#received);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

const plainPeer = (): Peer => new Peer(createServer(), 'connection');

async function openSender(options: Parameters<typeof StreamSender.open>[0]): Promise<StreamSender> {
  const sender = await StreamSender.open(options);
  open.push(sender);
  return sender;
}

describe('over TCP', () => {
  test('everything arrives, in order, and is there when close resolves', async () => {
    const peer = plainPeer();
    const sender = await openSender({ destination: await peer.listen(), maxQueuedOctets: 1_000 });
    const messages = Array.from({ length: 500 }, (_, index) => Buffer.alloc(index + 1, index));
    for (const message of messages) await sender.send(message);
    await sender.close();
    await vi.waitFor(() => expect(peer.octets.equals(Buffer.concat(messages))).toBe(true));
    expect(sender.stats()).toEqual({ messages: 500, octets: (500 * 501) / 2, failed: 0, reconnections: 0 });
  });

  test('a caller waits while too much waits in the process, and no longer than the connection lives', async () => {
    const peer = plainPeer();
    const sender = await openSender({ destination: await peer.listen(), maxQueuedOctets: 1_000, retryAfterMs: 1e6 });
    await vi.waitFor(() => expect(peer.sockets).toHaveLength(1));
    peer.sockets[0]?.pause();
    let waiting: Promise<void> | undefined;
    for (let sent = 0; sent < 64 && waiting === undefined; sent++) {
      const room = sender.send(Buffer.alloc(1_000_000));
      const isFree = await Promise.race([room.then(() => true), new Promise((resolve) => setTimeout(resolve, 50, false))]);
      if (isFree !== true) waiting = room;
    }
    expect(waiting).toBeDefined();
    peer.sockets[0]?.destroy();
    await waiting;
  });

  test('a lost connection is made anew, after the time set and not before; what is sent meanwhile is counted as failed', async () => {
    const first = plainPeer();
    const destination = await first.listen();
    const said: string[] = [];
    const sender = await openSender({
      destination,
      retryAfterMs: 200,
      onLost: (reason) => void said.push(reason),
      onReconnected: () => void said.push('reconnected'),
    });
    await vi.waitFor(() => expect(first.sockets).toHaveLength(1));
    first.close();
    await vi.waitFor(() => expect(said).toHaveLength(1));
    await sender.send(Buffer.from('lost'));
    const second = plainPeer();
    await second.listen(destination.port);
    expect(said).toEqual(['the other side ended it']);
    await vi.waitFor(() => expect(said).toEqual(['the other side ended it', 'reconnected']), { timeout: 5_000 });
    await sender.send(Buffer.from('found'));
    await vi.waitFor(() => expect(second.octets.toString()).toBe('found'));
    expect(sender.stats()).toMatchObject({ messages: 1, failed: 1, reconnections: 1 });
  });

  test('a peer that takes nothing does not keep close from ending', async () => {
    const peer = plainPeer();
    const sender = await openSender({ destination: await peer.listen(), closeTimeoutMs: 100 });
    await vi.waitFor(() => expect(peer.sockets).toHaveLength(1));
    peer.sockets[0]?.pause();
    for (let sent = 0; sent < 32; sent++) void sender.send(Buffer.alloc(1_000_000));
    await sender.close();
  });

  test('nobody there is one sentence', async () => {
    const peer = plainPeer();
    const destination = await peer.listen();
    peer.close();
    await expect(StreamSender.open({ destination })).rejects.toThrow(
      `cannot connect to 127.0.0.1:${destination.port}: nobody listens there`,
    );
  });
});

describe.skipIf(!hasProgram('openssl'))('over TLS (RFC 7011 section 11.3: both sides show a certificate)', () => {
  const { ca, server, client } = makeCertificates();
  const tlsPeer = (): Peer =>
    new Peer(createTlsServer({ ...server, ca, requestCert: true, rejectUnauthorized: true }), 'secureConnection');

  test('the two trust each other by their authority', async () => {
    const peer = tlsPeer();
    const sender = await openSender({ destination: await peer.listen(), tls: { ...client, ca, servername: 'localhost' } });
    await sender.send(Buffer.from('a message'));
    await sender.close();
    await vi.waitFor(() => expect(peer.octets.toString()).toBe('a message'));
  });

  test('a server of an authority we do not know, or of another name, gets nothing', async () => {
    const destination = await tlsPeer().listen();
    await expect(StreamSender.open({ destination, tls: { ...client, servername: 'localhost' } })).rejects.toThrow(
      /^cannot connect to 127\.0\.0\.1:\d+: .*certificate/,
    );
    await expect(StreamSender.open({ destination, tls: { ...client, ca, servername: 'elsewhere' } })).rejects.toThrow(
      /does not match certificate/,
    );
  });

  test('a server that wants a certificate and gets none ends the connection, and we say so', async () => {
    const peer = tlsPeer();
    const reasons: string[] = [];
    await openSender({
      destination: await peer.listen(),
      tls: { ca, servername: 'localhost' },
      onLost: (reason) => void reasons.push(reason),
    });
    await vi.waitFor(() => expect(reasons[0]).toMatch(/certificate required/));
  });
});

test('however many wait for room at once, one ear is enough', async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);
  process.on('warning', hear);
  try {
    const peer = new Peer(createServer(), 'connection');
    const sender = await StreamSender.open({ destination: await peer.listen(), maxQueuedOctets: 1 });
    const message = new Uint8Array(1 << 20);
    await Promise.all(Array.from({ length: 20 }, () => sender.send(message)));
    await sender.close();
    await vi.waitFor(() => expect(peer.octets.length).toBe(20 * message.length));
  } finally {
    process.off('warning', hear);
  }
  expect(warnings).toEqual([]);
});
