import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, isIPv6, parseAddress, UNSPECIFIED_IPV6 } from '../../../../core/net/address-book.ts';
import { formatIPv6 } from '../../../../core/net/ipv6-text.ts';
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
  const records = Array.from({ length: message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10) }, () => {
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
    counts: [4, 6, 8].map((count) => message.readUInt16BE(count)),
    question,
    records,
  };
}

const textOf = (data: Buffer): string => (data.length === 4 ? formatAddress(data.readUInt32BE(0)) : formatIPv6(data));

const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const IPV6 = parseAddress('2001:db8:18:1::8a') as number;
const address = fc.constantFrom(0, 1, 0xc6120101, 0xffffffff, IPV6, UNSPECIFIED_IPV6);
/** Octets of the record that answers, by RFC 1035 section 4.1.3, RFC 3596 section 2.2 and RFC 1035 section 3.3.13. */
const recordOctets = (answer: number): number => (answer === UNSPECIFIED_IPV6 ? 51 : isIPv6(answer) ? 28 : 16);

test('a message of any length it can have says what it should, to the last octet', () => {
  fc.assert(
    fc.property(domain, address, fc.boolean(), fc.nat(0xffff), fc.nat(300), (name, answer, isAnswer, id, spare) => {
      const least = 12 + name.length + 2 + 4 + (isAnswer ? recordOctets(answer) : 0);
      const message = dnsMessage(id, name, { isAnswer, address: answer }, least + spare);
      // EDNS takes 11 octets, its padding 4 more at least (RFC 7830 section 3).
      expect(message !== undefined).toBe(spare === 0 || spare === 11 || spare >= 15);
      if (message === undefined) return;
      expect(message).toHaveLength(least + spare);
      const { records, ...rest } = parse(message);
      const type = isIPv6(answer) ? 28 : 1;
      // RFC 2308 section 2.2: no answer, and the zone's SOA in the authority section.
      const isNone = answer === UNSPECIFIED_IPV6;
      const counts = isAnswer ? (isNone ? [1, 0, 1] : [1, 1, 0]) : [1, 0, 0];
      expect(rest).toEqual({ id, isAnswer: Number(isAnswer), counts, question: { name, type, class: 1 } });
      const told = records.filter((record) => record.type === type).map(({ owner, data }) => [owner, textOf(data)]);
      expect(told).toEqual(isAnswer && !isNone ? [[name, formatAddress(answer)]] : []);
      const zones = records.filter((record) => record.type === 6).map(({ owner }) => owner);
      expect(zones).toEqual(isAnswer && isNone ? [name.includes('.') ? name.slice(name.indexOf('.') + 1) : name] : []);
      const options = records.filter(({ type }) => type === 41);
      expect(options.map(({ owner }) => owner)).toEqual(spare === 0 ? [] : ['']);
      const padding = options[0]?.data ?? Buffer.alloc(0);
      if (padding.length > 0) expect([padding.readUInt16BE(0), padding.readUInt16BE(2)]).toEqual([12, padding.length - 4]);
    }),
    { numRuns: 500 },
  );
});

const QUESTION = { isAnswer: false, address: 1 };

test('there is no message too short for its question or with a label that is none', () => {
  expect(dnsMessage(1, 'example.org', QUESTION, 28)).toBeUndefined();
  expect(dnsMessage(1, 'example..org', QUESTION, 100)).toBeUndefined();
  expect(dnsMessage(1, `${'a'.repeat(64)}.org`, QUESTION, 200)).toBeUndefined();
});
