import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { receiver, sender, until } from './pools.ts';

describe('dgram-socket-pool when something is in its way', () => {
  test('in lock-step nothing is lost without any pause', async () => {
    const { pool, received } = await receiver();
    const senders = await sender(pool);
    for (let index = 0; index < 2_000; index++) {
      await senders.send(Buffer.from(`${index}`));
      while (received.length <= index) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(received.map(({ text }) => Number(text))).toEqual(Array.from({ length: 2_000 }, (_, index) => index));
    if (existsSync('/proc/net/udp')) expect(pool.stats().kernelDrops).toBe(0);
  });

  test.skipIf(!existsSync('/proc/net/if_inet6'))('speaks IPv6', async () => {
    const { pool, received } = await receiver({ address: '::1' });
    const senders = await sender(pool);
    await senders.send(Buffer.from('six'));
    await until(() => received.length === 1);
    expect(received).toMatchObject([{ text: 'six', source: '::1' }]);
    expect(pool.stats().kernelDrops).toBe(0);
  });

  test.skipIf(!existsSync('/proc/net/udp'))('drops of another address on the same port are not its own', async () => {
    const { pool: flooded } = await receiver({ receiveBufferOctets: 4_096 });
    const { pool: idle } = await receiver({ address: '127.0.0.2', port: flooded.endpoint.port });
    const senders = await sender(flooded);
    await Promise.all(Array.from({ length: 200 }, () => senders.send(Buffer.alloc(1_000))));
    await until(() => flooded.stats().datagrams + (flooded.stats().kernelDrops ?? 0) === 200);
    const { kernelDrops, kernelDropsBySocket } = flooded.stats();
    expect(kernelDrops).toBeGreaterThan(0);
    expect(kernelDropsBySocket).toEqual([kernelDrops]);
    expect(idle.stats().kernelDrops).toBe(0);
  });

  test('a receiver that comes back misses nothing for the refusals before', async () => {
    const { pool: first } = await receiver();
    const senders = await sender(first);
    await first.close();
    await senders.send(Buffer.from('to nobody'));
    const { received } = await receiver({ port: first.endpoint.port });
    for (const text of ['one', 'two', 'three']) await senders.send(Buffer.from(text));
    await until(() => received.length === 3);
    expect(received.map(({ text }) => text).sort()).toEqual(['one', 'three', 'two']);
    expect(senders.stats().failed).toBe(0);
  });

  test('says what buffers it got', async () => {
    const { pool: small } = await receiver({ receiveBufferOctets: 8_192 });
    const { pool: large } = await receiver({ receiveBufferOctets: 65_536 });
    expect(small.stats().receiveBufferOctets).toBeGreaterThanOrEqual(8_192);
    expect(large.stats().receiveBufferOctets).toBeGreaterThan(small.stats().receiveBufferOctets);
    const senders = await sender(small, { sendBufferOctets: 65_536 });
    expect(senders.stats().sendBufferOctets).toBeGreaterThanOrEqual(65_536);
  });

  test('closed pools keep their figures; nothing more is sent', async () => {
    const { pool, received } = await receiver();
    const senders = await sender(pool);
    await senders.send(Buffer.from('last'));
    const closing = senders.close();
    await expect(senders.send(Buffer.from('too late'))).rejects.toMatchObject({ message: 'cannot send: the pool is closed' });
    await closing;
    await until(() => received.length === 1);
    const { endpoint } = pool;
    const before = pool.stats();
    await pool.close();
    expect(pool.stats()).toEqual(before);
    expect(pool.endpoint).toEqual(endpoint);
    expect(senders.stats()).toMatchObject({ datagrams: 1, failed: 0, queuedOctets: 0 });
  });

  test('no source, and a number of receivers that is none, are said at once', async () => {
    const { pool } = await receiver();
    await expect(sender(pool, { sources: [] })).rejects.toThrow('there is no source to send from');
    for (const receivers of [0, -1, 1.5, Number.NaN]) await expect(receiver({ receivers })).rejects.toThrow(RangeError);
  });
});
