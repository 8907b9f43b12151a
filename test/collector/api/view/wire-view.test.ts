import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueryMistake } from '../../../../collector/api/query-request.ts';
import { MessageRing } from '../../../../collector/api/view/message-ring.ts';
import { wireTopic } from '../../../../collector/api/view/wire-topic.ts';
import { wireView, type WireRequest, type WireView } from '../../../../collector/api/view/wire-view.ts';
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

test('the list leads to those before it and after it, of one sender as of all', () => {
  const ring = ringOf(...Array.from({ length: 10 }, (_, at): [string, Uint8Array] => [at % 2 === 0 ? 'a:1' : 'b:1', DATA]));
  const asked = (request: Partial<WireRequest>) => {
    const { messages, turns, end } = wireView(ring, { ...ASKED, limit: 2, ...request });
    return { indexes: messages.map(({ index }) => index), turns, end };
  };
  expect(asked({})).toEqual({ indexes: [9, 8], turns: { older: 8 }, end: undefined });
  expect(asked({ before: 8 })).toEqual({ indexes: [7, 6], turns: { here: 8, older: 6 }, end: undefined });
  expect(asked({ before: 6 })).toEqual({ indexes: [5, 4], turns: { here: 6, older: 4, newer: 8 }, end: undefined });
  expect(asked({ before: 2 })).toEqual({ indexes: [1, 0], turns: { here: 2, newer: 4 }, end: undefined });
  expect(asked({ sender: 'b:1', before: 5 })).toEqual({ indexes: [3, 1], turns: { here: 5, newer: 9 }, end: undefined });
  expect(asked({ before: 4, untilUs: 5_000_000 }).turns).toEqual({ here: 4, older: 2 });
});

test('where the list ends because older ones are gone it says so, and nowhere else', () => {
  const ring = new MessageRing({ maxMessages: 100, maxOctets: 10_000, maxTemplates: 2 });
  for (let index = 0; index < 150; index++) ring.add('a:1', index, DATA);
  const oldest = ring.messages[0]!.index;
  const gone = `What came before Message ${oldest} is not kept: only the newest are, 100 and 10,000 octets at most.`;
  expect(oldest).toBeGreaterThan(49);
  const ended = (before?: number) => wireView(ring, { ...ASKED, limit: 20, before });
  expect(ended().end).toBeUndefined();
  expect(ended(oldest + 21).end).toBeUndefined();
  expect(ended(oldest + 20).end).toBe(gone);
  expect(ended(oldest)).toMatchObject({ messages: [], turns: { here: oldest, newer: oldest + 20 }, end: gone });
  expect(wireView(ringOf(['a:1', DATA]), ASKED).end).toBeUndefined();
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
  // What was read stays as it was read; what comes now waits.
  expect(wireView(ring, { ...ASKED, index: 999 }).message?.head.state).toBe('decoded');
  ring.add('a:1', 1_001, DATA);
  expect(wireView(ring, { ...ASKED, limit: 1 }).messages[0]?.state).toBe('waiting');
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

test('a Template is linked to what it reads, until it is told again, and the other way', () => {
  const ring = ringOf(['a:1', TEMPLATE], ['a:1', DATA], ['b:1', DATA], ['a:1', DATA], ['a:1', TEMPLATE], ['a:1', DATA]);
  const opened = (index: number) => wireView(ring, { ...ASKED, index }).message;
  expect(opened(0)?.reads).toEqual({ 256: { newest: [3, 1], count: 2 } });
  expect(opened(4)?.reads).toEqual({ 256: { newest: [5], count: 1 } });
  expect([1, 3, 5].map((index) => opened(index)?.toldIn[256])).toEqual([0, 0, 4]);
});

test('a Template that means something else later leaves what it read as it was', () => {
  const other = hex('000a001c 65e00000 00000000 00000001 0002000c 01000001 00040001');
  const ring = ringOf(['a:1', TEMPLATE], ['a:1', DATA], ['a:1', other], ['a:1', DATA]);
  const records = (index: number) => wireView(ring, { ...ASKED, index }).message?.head.records;
  expect([records(1), records(3)]).toEqual([2, 4]);
});

test('whatever the topic is asked is answered, or told in a sentence', async () => {
  const topic = wireTopic(ringOf(['a:1', TEMPLATE], ['a:1', DATA]));
  const text = fc.oneof(fc.string(), fc.double().map(String));
  const names = fc.constantFrom('before', 'message', 'at', 'sender', 'forget');
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, text), async (parameters) => {
      try {
        const { messages } = (await topic.view(new Map(Object.entries(parameters)))) as WireView;
        expect(messages.length).toBeLessThanOrEqual(2);
      } catch (error) {
        expect(error).toBeInstanceOf(QueryMistake);
      }
    }),
  );
});

test('a sequence number says what is missing before it', () => {
  const numbered = (sequence: number): Uint8Array => {
    const octets = DATA.slice();
    new DataView(octets.buffer).setUint32(8, sequence);
    return octets;
  };
  const ring = ringOf(['a:1', TEMPLATE], ...[0, 2, 7, 4].map((sequence): [string, Uint8Array] => ['a:1', numbered(sequence)]));
  const said = (index: number) => wireView(ring, { ...ASKED, index }).message?.sequence;
  expect([0, 1, 2, 3, 4].map(said)).toEqual([
    undefined,
    'It follows on Message 0: nothing was lost between them.',
    'It follows on Message 1: nothing was lost between them.',
    'Between Message 2 and this one 3 records are missing: lost, or still to come.',
    'It comes after Message 3, which was sent later, or twice.',
  ]);
});

test('datagrams of any protocol are kept, and can be asked for by who sent them', () => {
  const v9 = hex('0009 0001 00000001 65e00000 00000005 00000007 0000 000c 0100 0001 0007 0002');
  const ring = ringOf(['a:1', TEMPLATE], ['b:2', v9], ['c:3', hex('0005 0000' + '00'.repeat(20))], ['d:4', hex('ffff00')]);
  const { messages, senders } = wireView(ring, ASKED);
  expect(messages.map(({ protocol, state }) => [protocol, state])).toEqual([
    ['unknown', 'malformed'],
    ['netflow-v5', 'decoded'],
    ['netflow-v9', 'decoded'],
    ['ipfix', 'decoded'],
  ]);
  expect(senders).toEqual(['a:1', 'b:2', 'c:3', 'd:4']);
  expect(wireView(ring, { ...ASKED, sender: 'b:2' }).messages.map(({ index, sequence }) => [index, sequence])).toEqual([[1, 5]]);
});
