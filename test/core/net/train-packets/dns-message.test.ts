import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dnsMessage } from '../../../../core/net/train-packets/dns-message.ts';

/** Reads a message as RFC 1035 section 4 and RFC 6891 section 6.1 have it; throws when it does not end where it should. */
function parse(octets: Uint8Array) {
  const message = Buffer.from(octets);
  let at = 12;
  const name = (): string => {
    if ((message.readUInt8(at) & 0xc0) === 0xc0) {
      const here = at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
      const pointed = name();
      at = here;
      return pointed;
    }
    const labels: string[] = [];
    for (let length = message.readUInt8(at++); length > 0; length = message.readUInt8(at++)) {
      labels.push(message.toString('latin1', at, at + length));
      at += length;
    }
    return labels.join('.');
  };
  const question = { name: name(), type: message.readUInt16BE(at), class: message.readUInt16BE(at + 2) };
  at += 4;
  const records = Array.from({ length: message.readUInt16BE(6) + message.readUInt16BE(10) }, () => {
    const owner = name();
    const [type, ttl, length] = [message.readUInt16BE(at), message.readUInt32BE(at + 4), message.readUInt16BE(at + 8)];
    const data = message.subarray(at + 10, at + 10 + length);
    at += 10 + length;
    return { owner, type, ttl, data };
  });
  if (at !== message.length) throw new Error(`ends at ${at} of ${message.length}`);
  return {
    id: message.readUInt16BE(0),
    isAnswer: message.readUInt8(2) >> 7,
    questions: message.readUInt16BE(4),
    question,
    records,
  };
}

const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const address = fc.constantFrom(0, 1, 0xc6120101, 0xffffffff);

test('a message of any length it can have says what it should, to the last octet', () => {
  fc.assert(
    fc.property(domain, address, fc.nat(0xffff), fc.nat(300), (name, answer, id, spare) => {
      const least = 12 + name.length + 2 + 4 + (answer === 0 ? 0 : 16);
      const message = dnsMessage(id, name, answer, least + spare);
      // EDNS takes 11 octets, its padding 4 more at least (RFC 7830 section 3).
      expect(message !== undefined).toBe(spare === 0 || spare === 11 || spare >= 15);
      if (message === undefined) return;
      expect(message).toHaveLength(least + spare);
      const { records, ...rest } = parse(message);
      expect(rest).toEqual({ id, isAnswer: answer === 0 ? 0 : 1, questions: 1, question: { name, type: 1, class: 1 } });
      const addresses = records.filter(({ type }) => type === 1);
      expect(addresses.map(({ owner, data }) => [owner, data.readUInt32BE(0)])).toEqual(answer === 0 ? [] : [[name, answer]]);
      const options = records.filter(({ type }) => type === 41);
      expect(options.map(({ owner }) => owner)).toEqual(spare === 0 ? [] : ['']);
      const padding = options[0]?.data ?? Buffer.alloc(0);
      if (padding.length > 0) expect([padding.readUInt16BE(0), padding.readUInt16BE(2)]).toEqual([12, padding.length - 4]);
    }),
    { numRuns: 500 },
  );
});

test('there is no message too short for its question or with a label that is none', () => {
  expect(dnsMessage(1, 'example.org', 0, 28)).toBeUndefined();
  expect(dnsMessage(1, 'example..org', 0, 100)).toBeUndefined();
  expect(dnsMessage(1, `${'a'.repeat(64)}.org`, 0, 200)).toBeUndefined();
});
