import { describe, expect, test } from 'vitest';
import { BoundedSink } from '../../../exporter/io/bounded-sink.ts';
import type { MessageSink } from '../../../exporter/io/message-sink.ts';

/** A sink that takes a Message each time it is told to. */
function slowSink() {
  const taken: number[] = [];
  let resume: (() => void) | undefined;
  const sink: MessageSink = {
    send: async ([first = -1]) => {
      taken.push(first);
      await new Promise<void>((resolve) => (resume = resolve));
    },
    close: async () => undefined,
  };
  return {
    sink,
    taken,
    async take() {
      resume?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('a sink that is slow', () => {
  test('has so many Messages wait and no more; the rest is counted (RFC 7011 section 10.4.1)', async () => {
    const { sink, taken, take } = slowSink();
    const bounded = new BoundedSink(sink, 3);
    for (let message = 0; message < 10; message++) bounded.post(Uint8Array.of(message));
    // One is under way, three wait.
    expect(bounded.dropped).toBe(6);
    for (let turn = 0; turn < 4; turn++) await take();
    expect(taken).toEqual([0, 1, 2, 3]);
    bounded.post(Uint8Array.of(10));
    expect(bounded.dropped).toBe(6);
    await take();
    await bounded.close();
    expect(taken).toEqual([0, 1, 2, 3, 10]);
  });
});

test('a sink that fails is told about at the end, and everything after is counted', async () => {
  const sink: MessageSink = {
    send: () => Promise.reject(new Error('cannot write x: ENOSPC')),
    close: async () => undefined,
  };
  const bounded = new BoundedSink(sink, 10);
  bounded.post(Uint8Array.of(1));
  bounded.post(Uint8Array.of(2));
  await new Promise((resolve) => setImmediate(resolve));
  bounded.post(Uint8Array.of(3));
  await expect(bounded.close()).rejects.toThrow('cannot write x: ENOSPC');
  expect(bounded.dropped).toBe(3);
});
