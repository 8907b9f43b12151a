import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { StreamReceiver } from '../../../runtime/stream-receiver/stream-receiver.ts';
import { client, message, streams } from './peers.ts';

describe('stream-receiver', () => {
  test('messages arrive whole however the octets come, and a connection that ends is told', async () => {
    const { receiver, texts, ended } = await streams();
    const socket = await client(receiver);
    const source = `127.0.0.1:${socket.localPort ?? ''}`;
    const octets = Buffer.concat([message('one'), message('two'), message('three')]);
    for (const octet of octets) {
      socket.write(Buffer.of(octet));
      await sleep(1);
    }
    socket.end(message('four'));
    await vi.waitFor(() => expect(ended).toEqual([source]));
    expect(texts).toEqual(['one', 'two', 'three', 'four']);
    expect(receiver.stats()).toMatchObject({
      connections: 1,
      open: 0,
      messages: 4,
      octets: 19,
      waitingOctets: 0,
      ended: { ended: 1 },
    });
  });

  test('it goes on listening when connections end abnormally (RFC 7011 section 10.4.4)', async () => {
    const { receiver, texts, ended } = await streams();
    const first = await client(receiver);
    first.write(Buffer.concat([message('one'), Buffer.of(9, 1)]));
    await vi.waitFor(() => expect(receiver.stats().waitingOctets).toBe(2));
    first.resetAndDestroy();
    await vi.waitFor(() => expect(ended).toHaveLength(1));
    (await client(receiver)).write(message('two'));
    await vi.waitFor(() => expect(texts).toEqual(['one', 'two']));
    expect(receiver.stats()).toMatchObject({ connections: 2, open: 1, waitingOctets: 0, ended: { aborted: 1 } });
  });

  test('what is no message ends its connection and no other, and says why', async () => {
    const { receiver, texts } = await streams();
    const [broken, sound] = [await client(receiver), await client(receiver)];
    broken.write(Buffer.concat([message('one'), Buffer.of(255), message('never')]));
    await once(broken, 'close');
    sound.write(message('two'));
    await vi.waitFor(() => expect(texts).toEqual(['one', 'two']));
    expect(receiver.stats()).toMatchObject({ open: 1, messages: 2, ended: { malformed: 1 } });
  });

  test('one octet at a time does not hold a connection open, nor does silence', async () => {
    const { receiver } = await streams({ messageTimeoutMs: 150, idleTimeoutMs: 400 });
    const slow = await client(receiver);
    const silent = await client(receiver);
    const startedAt = performance.now();
    const drip = setInterval(() => slow.write(Buffer.of(200)), 20);
    await once(slow, 'close');
    clearInterval(drip);
    expect(performance.now() - startedAt).toBeLessThan(390);
    await once(silent, 'close');
    expect(receiver.stats()).toMatchObject({ open: 0, waitingOctets: 0, ended: { 'message-too-slow': 1, idle: 1 } });
  });

  test('a message now and then keeps a connection, whatever waits after it', async () => {
    const { receiver } = await streams({ messageTimeoutMs: 300, idleTimeoutMs: 300 });
    const socket = await client(receiver);
    for (let sent = 0; sent < 8; sent++) {
      socket.write(sent % 2 === 0 ? Buffer.of(1, 65, 1) : Buffer.of(66));
      await sleep(100);
    }
    expect(receiver.stats()).toMatchObject({ open: 1, messages: 8 });
  });

  test('octets that wait have a limit over all connections', async () => {
    const { receiver } = await streams({ maxWaitingOctets: 200 });
    const sockets = [await client(receiver), await client(receiver), await client(receiver)];
    for (const socket of sockets) {
      socket.write(Buffer.alloc(90, 200));
      await sleep(20);
    }
    await vi.waitFor(() => expect(receiver.stats().open).toBe(2));
    expect(receiver.stats()).toMatchObject({ open: 2, waitingOctets: 180, ended: { 'too-many-octets-waiting': 1 } });
  });

  test('the connection that keeps most waiting pays for it, not the one that comes then', async () => {
    const { receiver, texts } = await streams({ maxWaitingOctets: 200 });
    const [greedy, modest] = [await client(receiver), await client(receiver)];
    greedy.write(Buffer.alloc(180, 200));
    await vi.waitFor(() => expect(receiver.stats().waitingOctets).toBe(180));
    modest.write(message('x'.repeat(50)).subarray(0, 30));
    await once(greedy, 'close');
    modest.write(message('x'.repeat(50)).subarray(30));
    await vi.waitFor(() => expect(texts).toEqual(['x'.repeat(50)]));
    expect(receiver.stats()).toMatchObject({ open: 1, ended: { 'too-many-octets-waiting': 1 } });
  });

  test('connections have a limit, in all and of each address, and come back when others end', async () => {
    const { receiver } = await streams({ maxConnections: 5, maxConnectionsPerAddress: 3 });
    const first = await Promise.all(Array.from({ length: 4 }, () => client(receiver)));
    await vi.waitFor(() => expect(receiver.stats()).toMatchObject({ open: 3, refused: { 'too-many-of-one-address': 1 } }));
    for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) await client(receiver, address);
    await vi.waitFor(() => expect(receiver.stats()).toMatchObject({ open: 5, refused: { 'too-many-connections': 1 } }));
    for (const socket of first) socket.destroy();
    await vi.waitFor(() => expect(receiver.stats().open).toBe(2));
    await client(receiver);
    await vi.waitFor(() => expect(receiver.stats().open).toBe(3));
  });

  test('addresses that are not accepted are refused before anything is made for them', async () => {
    let made = 0;
    const { receiver } = await streams({
      accepts: (address) => address !== '127.0.0.9',
      onConnection: () => {
        made++;
        return { read: () => ({ messages: 0, waitingOctets: 0, isBroken: false }), end: () => undefined };
      },
    });
    await once(await client(receiver, '127.0.0.9'), 'close');
    await client(receiver);
    await vi.waitFor(() => expect(receiver.stats()).toMatchObject({ open: 1, refused: { 'address-not-allowed': 1 } }));
    expect(made).toBe(1);
  });

  test('a thousand connections at once: those within the limit work, the others are closed and counted', async () => {
    const { receiver, texts } = await streams({ maxConnections: 200, maxConnectionsPerAddress: 1_000 });
    const sockets = await Promise.all(Array.from({ length: 1_000 }, () => client(receiver)));
    await vi.waitFor(() => expect(receiver.stats()).toMatchObject({ open: 200, refused: { 'too-many-connections': 800 } }));
    for (const socket of sockets) if (!socket.destroyed) socket.write(message('here'));
    await vi.waitFor(() => expect(texts).toHaveLength(200), { timeout: 5_000 });
  });

  test('nothing is ever said to a peer', async () => {
    const { receiver } = await streams();
    const socket = await client(receiver);
    socket.write(Buffer.concat([message('one'), Buffer.of(255)]));
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  test('closing reads what a peer still says, and waits no longer than a moment for one that does not end', async () => {
    const { receiver, texts } = await streams();
    const [polite] = [await client(receiver), await client(receiver)];
    await vi.waitFor(() => expect(receiver.stats().open).toBe(2));
    polite.write(message('last'));
    await receiver.close();
    expect(texts).toEqual(['last']);
    expect(receiver.stats()).toMatchObject({ open: 0, ended: { ended: 0, aborted: 0, 'listener-closed': 2 } });
  });

  test('an address that is taken is one sentence', async () => {
    const { receiver } = await streams();
    const { port } = receiver.endpoint;
    await expect(streams({ port })).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: the port is in use`);
    expect(receiver).toBeInstanceOf(StreamReceiver);
  });
});
