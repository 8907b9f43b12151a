import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { SLOT_OCTETS, Slots } from '../../../../collector/store/journal/slots.ts';

it('gives each piece once until it is freed, and at least one to write in while another is read', () => {
  const slots = new Slots(8 * SLOT_OCTETS);
  const taken: number[] = [];
  for (let slot = slots.take(); slot !== undefined; slot = slots.take()) taken.push(slot);
  expect(new Set(taken).size).toBe(taken.length);
  expect(taken.length).toBeGreaterThan(1);
  taken.forEach((slot) => slots.octetsOf(slot).fill(slot + 1));
  expect(taken.every((slot) => slots.octetsOf(slot).every((octet) => octet === slot + 1))).toBe(true);
  expect(slots.take()).toBeUndefined();
  slots.free(taken[3] as number);
  expect(slots.wait()).toBe(taken[3]);
  expect(new Slots(0).take()).toBeDefined();
});

/** A wake-up that is lost costs 100 ms: with more than a few of them this does not end in time. */
it('wakes the thread that waits for a piece whenever one is freed', async () => {
  const slots = new Slots(3 * SLOT_OCTETS);
  const rounds = 20_000;
  const module = new URL('../../support/slot-taker.ts', import.meta.url).href;
  const worker = new Worker(new URL('../../../../collector/store/start-worker.mjs', import.meta.url), {
    workerData: { module, memory: slots.memory, rounds },
  });
  const seen: number[] = [];
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (slot: number) => {
      const octets = slots.octetsOf(slot);
      seen.push(new DataView(octets.buffer, octets.byteOffset).getUint32(0));
      slots.free(slot);
      if (seen.length === rounds) resolve();
    });
  });
  await worker.terminate();
  expect(seen).toEqual(Array.from({ length: rounds }, (_, round) => round));
});
