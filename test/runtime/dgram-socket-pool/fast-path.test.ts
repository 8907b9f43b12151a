import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { DatagramReceiverPool } from '../../../runtime/dgram-socket-pool/index.ts';
import { DatagramSenderPool } from '../../../runtime/dgram-socket-pool/index.ts';
import { receiver, sender } from './pools.ts';

/** Sources become fast at once. */
const fastPath = { maxSockets: 8, fromPerSecond: 50 };

const numbered = (index: number, octets = 64): Buffer => {
  const datagram = Buffer.alloc(octets);
  datagram.writeUInt32BE(index);
  return datagram;
};

/** A pool that keeps the numbers it was sent, by source. */
async function numbers(
  options: Parameters<typeof receiver>[0] = {},
): Promise<{ pool: DatagramReceiverPool; bySource: Map<string, number[]> }> {
  const bySource = new Map<string, number[]>();
  const { pool } = await receiver({
    receiveBufferOctets: 4_000_000,
    fastPath,
    onDatagram: (payload, { text }) => {
      const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
      const known = bySource.get(text);
      if (known === undefined) bySource.set(text, [number]);
      else known.push(number);
    },
    ...options,
  });
  return { pool, bySource };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Sends numbers from every source in turn, so fast that some always wait. */
async function flood(senders: DatagramSenderPool, sources: number, each: number, from = 0): Promise<void> {
  for (let index = from; index < from + each; index++) {
    for (let source = 0; source < sources; source++) await senders.send(numbered(index), source);
    if (index % 20 === 0) await sleep(1);
  }
}

describe.skipIf(process.platform !== 'linux')('the fast path', () => {
  test('nothing is lost, doubled, changed in order or given to another source when one becomes fast under load', async () => {
    const { pool, bySource } = await numbers();
    const senders = await sender(pool, { sources: upTo(12).map((index) => ({ address: `127.0.0.${1 + (index % 3)}` })) });
    await flood(senders, 12, 1_000);
    await vi.waitFor(() => expect(pool.stats().datagrams).toBe(12_000));
    expect(pool.stats()).toMatchObject({ kernelDrops: 0, fastPath: { sockets: 8, promotions: 8, offBecause: undefined } });
    expect(pool.stats().fastPath.datagrams).toBeGreaterThan(4_000);
    expect([...bySource.keys()].sort()).toEqual(senders.endpoints.map(({ address, port }) => `${address}:${port}`).sort());
    for (const received of bySource.values()) expect(received).toEqual(upTo(1_000));
  });

  test('with another process sending all the while, no datagram is taken for another source', async () => {
    let ofOthers = 0;
    const sources = new Set<string>();
    const { pool } = await receiver({
      receiveBufferOctets: 4_000_000,
      fastPath: { maxSockets: 64, fromPerSecond: 20 },
      onDatagram: (payload, { port, text }) => {
        sources.add(text);
        if (new DataView(payload.buffer, payload.byteOffset).getUint16(0) !== port) ofOthers++;
      },
    });
    const child = fork(new URL('port-tellers.mjs', import.meta.url), [String(pool.endpoint.port)], { stdio: 'inherit' });
    await once(child, 'exit');
    await vi.waitFor(() => expect(pool.stats().fastPath.promotions).toBe(64));
    expect(sources.size).toBe(64);
    expect(ofOthers).toBe(0);
  });

  test('a burst that waits whole in the socket for all is read before what comes after it', async () => {
    const { pool, bySource } = await numbers();
    const senders = await sender(pool, { sources: [{ address: '127.0.0.1' }, { address: '127.0.0.1' }] });
    // The event loop does not turn while these are handed to the system.
    for (let round = 0; round < 5; round++) {
      const from = round * 400;
      await Promise.all(
        upTo(400).flatMap((index) => [senders.send(numbered(from + index), 0), senders.send(numbered(from + index), 1)]),
      );
    }
    await vi.waitFor(() => expect(pool.stats().datagrams).toBe(4_000));
    expect(pool.stats().fastPath.promotions).toBe(2);
    for (const received of bySource.values()) expect(received).toEqual(upTo(2_000));
  });

  test(
    'a source that has become quiet gives its socket up, is heard as before, and may become fast again',
    { timeout: 20_000 },
    async () => {
      const { pool, bySource } = await numbers();
      const senders = await sender(pool);
      await flood(senders, 1, 200);
      await vi.waitFor(() => expect(pool.stats()).toMatchObject({ datagrams: 200, fastPath: { sockets: 1 } }));
      await vi.waitFor(() => expect(pool.stats().fastPath).toMatchObject({ sockets: 0, demotions: 1 }), { timeout: 9_000 });
      await flood(senders, 1, 200, 200);
      await vi.waitFor(() => expect(pool.stats()).toMatchObject({ datagrams: 400, fastPath: { sockets: 1, promotions: 2 } }));
      expect([...bySource.values()]).toEqual([upTo(400)]);
    },
  );

  test('an exporter that begins anew from another port is heard at once, and is another source', async () => {
    const { pool, bySource } = await numbers();
    for (let life = 0; life < 3; life++) {
      const senders = await DatagramSenderPool.open({ destination: pool.endpoint });
      await flood(senders, 1, 100);
      await senders.close();
    }
    await vi.waitFor(() => expect(pool.stats()).toMatchObject({ datagrams: 300, fastPath: { promotions: 3 } }));
    expect([...bySource.values()]).toEqual([upTo(100), upTo(100), upTo(100)]);
  });

  test('a pool on all addresses has it too, for what is sent to the address the system answers from', async () => {
    const { pool, bySource } = await numbers({ address: '0.0.0.0' });
    const { port } = pool.endpoint;
    const near = await DatagramSenderPool.open({
      destination: { address: '127.0.0.1', port },
      sources: [{ address: '127.0.0.1' }],
    });
    // The kernel would choose another address of ours towards this one: its datagrams go on coming as they did.
    const far = await DatagramSenderPool.open({
      destination: { address: '127.0.0.7', port },
      sources: [{ address: '127.0.0.1' }],
    });
    await Promise.all([flood(near, 1, 300), flood(far, 1, 300)]);
    await vi.waitFor(() => expect(pool.stats().datagrams).toBe(600));
    expect([...bySource.values()]).toEqual([upTo(300), upTo(300)]);
    await Promise.all([near.close(), far.close()]);
  });

  test.skipIf(!existsSync('/proc/net/if_inet6'))('speaks IPv6', async () => {
    const { pool, bySource } = await numbers({ address: '::1' });
    await flood(await sender(pool), 1, 200);
    await vi.waitFor(() => expect(pool.stats()).toMatchObject({ datagrams: 200, fastPath: { sockets: 1 } }));
    expect([...bySource.values()]).toEqual([upTo(200)]);
  });

  test('what the kernel drops of a fast socket counts, while it is open and after', { timeout: 20_000 }, async () => {
    const { pool } = await numbers({ receiveBufferOctets: 20_000 });
    const senders = await sender(pool);
    for (let index = 0; index < 100; index++) {
      await senders.send(numbered(index));
      await sleep(1);
    }
    await vi.waitFor(() => expect(pool.stats()).toMatchObject({ datagrams: 100, kernelDrops: 0, fastPath: { sockets: 1 } }));
    await sleep(50);
    await Promise.all(upTo(500).map((index) => senders.send(numbered(index, 1_000))));
    const dropped = (): number => pool.stats().kernelDrops ?? 0;
    await vi.waitFor(() => expect(pool.stats().datagrams + dropped()).toBe(600));
    expect(dropped()).toBeGreaterThan(0);
    const before = dropped();
    await vi.waitFor(() => expect(pool.stats().fastPath.sockets).toBe(0), { timeout: 9_000 });
    expect(dropped()).toBe(before);
  });

  test('an address that is taken is noticed all the same, and says why there is no fast path where there is none', async () => {
    const { pool } = await numbers();
    const { port } = pool.endpoint;
    await expect(numbers({ port })).rejects.toThrow(`cannot bind 127.0.0.1:${port}: the port is in use`);
    const { pool: plain } = await receiver();
    expect(plain.stats().fastPath.offBecause).toBe('it was not asked for');
    await expect(numbers({ port: plain.endpoint.port })).rejects.toThrow('the port is in use');
  });
});
