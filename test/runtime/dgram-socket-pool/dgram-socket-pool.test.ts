import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DatagramReceiverPool, DatagramSenderPool } from '../../../runtime/dgram-socket-pool/index.ts';
import { receiver, sender, until } from './pools.ts';

describe('dgram-socket-pool', () => {
  test('every datagram arrives, in order, whole and stamped by a clock that never goes back', async () => {
    const { pool, received } = await receiver({ receiveBufferOctets: 4_000_000 });
    const senders = await sender(pool);
    const before = Date.now() * 1_000;
    for (let index = 0; index < 1_000; index++) {
      await senders.send(Buffer.from(`datagram ${index}`));
      // The kernel's buffer is not ours to size: leave it time.
      if (index % 50 === 0) await sleep(1);
    }
    await until(() => received.length === 1_000);
    expect(received.map(({ text }) => text)).toEqual(Array.from({ length: 1_000 }, (_, index) => `datagram ${index}`));
    const stamps = received.map(({ receivedAtUs }) => receivedAtUs);
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
    expect(stamps[0]).toBeGreaterThanOrEqual(before - 1_000_000);
    expect(pool.stats()).toMatchObject({
      receivers: 1,
      datagrams: 1_000,
      octets: received.reduce((sum, { text }) => sum + text.length, 0),
    });
    expect(senders.stats()).toMatchObject({ datagrams: 1_000, failed: 0, queuedOctets: 0 });
  });

  test('what is posted without a promise arrives as well, and waits for room', async () => {
    const { pool, received } = await receiver({ receiveBufferOctets: 4_000_000 });
    const senders = await sender(pool);
    for (let index = 0; index < 1_000; index++) {
      if (!senders.post(Buffer.from(`datagram ${index}`), 0)) await senders.room();
      if (index % 50 === 0) await sleep(1);
    }
    await until(() => received.length === 1_000);
    expect(received.map(({ text }) => text)).toEqual(Array.from({ length: 1_000 }, (_, index) => `datagram ${index}`));
    expect(senders.stats()).toMatchObject({ datagrams: 1_000, failed: 0, queuedOctets: 0 });
    expect(() => senders.post(Buffer.from('x'), 9)).toThrow('there is no sender 9');
  });

  test('each sender has its own source address', async () => {
    const { pool, received } = await receiver();
    const senders = await sender(pool, { sources: [{ address: '127.0.0.1' }, { address: '127.0.0.2' }] });
    await senders.send(Buffer.from('one'), 0);
    await senders.send(Buffer.from('two'), 1);
    await until(() => received.length === 2);
    expect(received.map(({ text, source }) => [text, source])).toEqual([
      ['one', '127.0.0.1'],
      ['two', '127.0.0.2'],
    ]);
    expect(senders.endpoints.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.2']);
    await expect(senders.send(Buffer.from('three'), 2)).rejects.toThrow('there is no sender 2');
  });

  test('several receivers share the port where the system can, and say how many they are', async () => {
    const { pool, received } = await receiver({ receivers: 3 });
    const { receivers } = pool.stats();
    expect([1, 3]).toContain(receivers);
    const sources = Array.from({ length: 16 }, () => ({ address: '127.0.0.1' }));
    const senders = await sender(pool, { sources });
    for (const index of sources.keys()) await senders.send(Buffer.from(`${index}`), index);
    await until(() => received.length === 16);
    expect(received.map(({ text }) => Number(text)).sort((a, b) => a - b)).toEqual([...sources.keys()]);
  });

  test.skipIf(!existsSync('/proc/net/udp'))('counts what the kernel threw away: sent is received and dropped', async () => {
    const { pool, received } = await receiver({ receiveBufferOctets: 4_096 });
    expect(pool.stats().kernelDrops).toBe(0);
    const senders = await sender(pool);
    // Nothing is read while these are sent: the event loop does not turn.
    const sends = Array.from({ length: 400 }, () => senders.send(Buffer.alloc(1_000)));
    await Promise.all(sends);
    await until(() => received.length + (pool.stats().kernelDrops ?? 0) === 400);
    const { kernelDrops = 0, datagrams } = pool.stats();
    expect(kernelDrops).toBeGreaterThan(0);
    expect(datagrams + kernelDrops).toBe(400);
  });

  test('a sender makes its caller wait while too much is queued', async () => {
    const { pool } = await receiver();
    const senders = await sender(pool, { maxQueuedOctets: 2_000 });
    let resolved = 0;
    const sends = Array.from({ length: 5 }, () => senders.send(Buffer.alloc(1_000)).then(() => resolved++));
    await Promise.resolve();
    expect(resolved).toBeLessThan(5);
    expect(senders.stats().queuedOctets).toBe(5_000);
    await Promise.all(sends);
    await senders.close();
    expect(resolved).toBe(5);
  });

  test('a taken port and a foreign address are one sentence with the code of the system', async () => {
    const { pool } = await receiver();
    const { port } = pool.endpoint;
    await expect(DatagramReceiverPool.open({ address: '127.0.0.1', port, onDatagram: () => undefined })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `cannot bind 127.0.0.1:${port}: the port is in use`,
    });
    await expect(
      DatagramSenderPool.open({ destination: pool.endpoint, sources: [{ address: '192.0.2.1' }] }),
    ).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
      message: 'cannot bind 192.0.2.1:0: the address is not one of this machine',
    });
  });

  test('a destination whose name nobody knows is one sentence', async () => {
    await expect(DatagramSenderPool.open({ destination: { address: 'nobody.invalid', port: 4739 } })).rejects.toThrow(
      /^cannot send to nobody\.invalid:4739: /,
    );
  });

  test('closing frees the port, and may be asked for twice', async () => {
    const { pool } = await receiver();
    const { port } = pool.endpoint;
    await Promise.all([pool.close(), pool.close()]);
    const { pool: next } = await receiver({ port });
    expect(next.endpoint.port).toBe(port);
  });
});
