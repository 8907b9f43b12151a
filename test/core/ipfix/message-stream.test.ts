import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageStream } from '../../../core/ipfix/message-stream.ts';
import { flow, FLOWS, message } from '../../collector/support/exporter.ts';

const MESSAGES = [message({ templates: [FLOWS] }), message({ records: [flow(1), flow(2)] }), message({ records: [flow(3)] })];
const FILE = Uint8Array.from(MESSAGES.flatMap((octets) => [...octets]));

function readAll(pieces: readonly Uint8Array[]): { messages: Uint8Array[]; codes: string[]; stream: MessageStream } {
  const codes: string[] = [];
  const messages: Uint8Array[] = [];
  const stream = new MessageStream(({ code }) => codes.push(code));
  for (const piece of pieces) {
    stream.handle(piece);
    for (let next = stream.next(); next !== undefined; next = stream.next()) messages.push(next.slice());
  }
  stream.end();
  return { messages, codes, stream };
}

test('Messages come out whole, whatever pieces the octets come in', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 }), (lengths) => {
      const pieces: Uint8Array[] = [];
      for (let at = 0, index = 0; at < FILE.length; index++) {
        const length = lengths[index % lengths.length]!;
        pieces.push(FILE.slice(at, at + length));
        at += length;
      }
      const { messages, codes } = readAll(pieces);
      expect(messages).toEqual(MESSAGES);
      expect(codes).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('what is no Message ends the reading, and what is left unread is counted', () => {
  const { messages, codes, stream } = readAll([FILE, Uint8Array.of(0, 9, ...new Array<number>(30).fill(0)), FILE]);
  expect(messages).toEqual(MESSAGES);
  expect(codes).toEqual(['stream-lost']);
  expect(stream.unreadOctets).toBe(32 + FILE.length);
  expect(readAll([FILE.subarray(0, FILE.length - 1)]).codes).toEqual(['stream-cut']);
});
