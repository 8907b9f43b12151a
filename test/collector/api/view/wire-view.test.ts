import { expect, test } from 'vitest';
import { MessageRing } from '../../../../collector/api/view/message-ring.ts';
import { wireView, type WireRequest } from '../../../../collector/api/view/wire-view.ts';
import { HostileMessages } from '../../../fuzz/hostile-messages.ts';

const ASKED: WireRequest = { limit: 100, forgotten: new Set() };
const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (octet) => parseInt(octet, 16));

/** A Template of one port, and a Message with records of it: the first, from 16 on, are of ports 53 and 443. */
const TEMPLATE = hex('000a001c 65e00000 00000000 00000001 0002000c 01000001 00070002');
const DATA = hex('000a0018 65e00001 00000000 00000001 01000008 003501bb');

function ringOf(...messages: readonly [string, Uint8Array][]): MessageRing {
  const ring = new MessageRing();
  for (const [index, [source, payload]] of messages.entries()) ring.add(source, 1_000_000 * index, payload);
  return ring;
}

test('a Message is taken apart by the Template of its session, and says which Message told it', () => {
  const { messages, message, count } = wireView(ringOf(['a:1', TEMPLATE], ['a:1', DATA]), { ...ASKED, index: 1 });
  expect(count).toBe(2);
  expect(messages.map(({ index, state, records, templates }) => [index, state, records, templates])).toEqual([
    [1, 'decoded', 2, 0],
    [0, 'decoded', 0, 1],
  ]);
  expect(message?.toldIn).toEqual({ 256: 0 });
  const [, set] = message?.tree.parts ?? [];
  expect(set?.parts?.slice(2).map(({ parts }) => parts?.[0]?.value)).toEqual([53, 443]);
  expect(message?.hex).toBe('000a001865e000010000000000000001010000080035' + '01bb');
});

test('a Template that is forgotten, or of another session, makes its records wait', () => {
  const ring = ringOf(['a:1', TEMPLATE], ['a:1', DATA], ['b:1', DATA]);
  expect(wireView(ring, ASKED).messages.map(({ state }) => state)).toEqual(['waiting', 'decoded', 'decoded']);
  expect(wireView(ring, { ...ASKED, forgotten: new Set([256]) }).messages.map(({ state }) => state)).toEqual([
    'waiting',
    'waiting',
    'decoded',
  ]);
});

test('the list ends where it is asked to, in number and in time', () => {
  const ring = ringOf(['a:1', TEMPLATE], ['a:1', DATA], ['a:1', DATA], ['a:1', DATA]);
  const indexes = (request: Partial<WireRequest>): number[] =>
    wireView(ring, { ...ASKED, ...request }).messages.map(({ index }) => index);
  expect(indexes({ limit: 2 })).toEqual([3, 2]);
  expect(indexes({ before: 2 })).toEqual([1, 0]);
  expect(indexes({ untilUs: 2_000_000 })).toEqual([2, 1, 0]);
});

test('without a number the newest of the list is taken apart', () => {
  const ring = ringOf(['a:1', TEMPLATE], ['a:1', DATA], ['a:1', DATA]);
  const opened = (request: Partial<WireRequest>) => wireView(ring, { ...ASKED, ...request }).message?.head.index;
  expect(opened({})).toBe(2);
  expect(opened({ before: 2 })).toBe(1);
  expect(opened({ untilUs: 1_000_000, index: 0 })).toBe(0);
  expect(wireView(new MessageRing(), ASKED).message).toBeUndefined();
});

test('only the newest are kept, within their limits, and the Templates of those that are gone', () => {
  const ring = new MessageRing({ maxMessages: 100, maxOctets: 10_000, maxTemplates: 2 });
  ring.add('a:1', 0, TEMPLATE);
  for (let index = 1; index < 1_000; index++) {
    ring.add('a:1', index, DATA);
    expect(ring.messages.length).toBeLessThanOrEqual(100);
  }
  expect(ring.count).toBe(1_000);
  expect(ring.at(0)).toBeUndefined();
  expect(ring.at(999)?.receivedAtUs).toBe(999);
  expect(wireView(ring, { ...ASKED, limit: 1 }).messages[0]?.state).toBe('decoded');
  for (const source of ['b:1', 'c:1']) ring.add(source, 1_000, TEMPLATE);
  expect(wireView(ring, { ...ASKED, index: 999 }).message?.head.state).toBe('waiting');
});

test('whatever is kept can be shown, and the octets are bounded', () => {
  const hostile = new HostileMessages(3);
  const ring = new MessageRing({ maxMessages: 1_000, maxOctets: 50_000, maxTemplates: 50 });
  for (let round = 0; round < 3_000; round++) {
    ring.add(`h:${round % 3}`, round, round % 2 === 0 ? hostile.message() : hostile.mutate(TEMPLATE, DATA));
    expect(ring.messages.reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThanOrEqual(52_000);
    if (round % 100 === 0) JSON.stringify(wireView(ring, { ...ASKED, index: round }));
  }
});
