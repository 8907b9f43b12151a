import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePacket, encodePacket, NTP_HEADER_LENGTH, type NtpPacket } from '../../../core/ntp/packet.ts';
import { referenceIdOf, referenceIdOfAddress, referenceIdText } from '../../../core/ntp/reference-id.ts';

const uint64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const shortS = uint32.map((units) => units / 65_536);
const packets: fc.Arbitrary<NtpPacket> = fc.record({
  leap: fc.integer({ min: 0, max: 3 }),
  version: fc.integer({ min: 0, max: 7 }),
  mode: fc.integer({ min: 0, max: 7 }),
  stratum: fc.integer({ min: 0, max: 255 }),
  poll: fc.integer({ min: -128, max: 127 }),
  precision: fc.integer({ min: -128, max: 127 }),
  rootDelayS: shortS,
  rootDispersionS: shortS,
  referenceId: uint32,
  referenceTimestamp: uint64,
  originTimestamp: uint64,
  receiveTimestamp: uint64,
  transmitTimestamp: uint64,
});

test('a packet survives encoding and decoding, whatever follows it and wherever it lies in its buffer', () => {
  fc.assert(
    fc.property(packets, fc.uint8Array({ maxLength: 64 }), fc.nat(16), (packet, trailer, offset) => {
      const octets = encodePacket(packet);
      expect(octets).toHaveLength(NTP_HEADER_LENGTH);
      const buffer = new Uint8Array(offset + octets.length + trailer.length);
      buffer.set(octets, offset);
      buffer.set(trailer, offset + octets.length);
      expect(decodePacket(buffer.subarray(offset))).toEqual(packet);
    }),
  );
});

test('any octets decode to a packet that encodes to its first 48 octets, or to nothing when they are too few', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (octets) => {
      const packet = decodePacket(octets);
      expect(packet === undefined).toBe(octets.length < NTP_HEADER_LENGTH);
      if (packet !== undefined) expect(encodePacket(packet)).toEqual(octets.slice(0, NTP_HEADER_LENGTH));
    }),
  );
});

test('the header is laid out as in RFC 5905 figure 8', () => {
  const octets = encodePacket({
    leap: 3,
    version: 4,
    mode: 3,
    stratum: 2,
    poll: 6,
    precision: -20,
    rootDelayS: 1.5,
    rootDispersionS: 0.25,
    referenceId: referenceIdOf('XLAB'),
    referenceTimestamp: 0x0102030405060708n,
    originTimestamp: 0x1112131415161718n,
    receiveTimestamp: 0x2122232425262728n,
    transmitTimestamp: 0x3132333435363738n,
  });
  expect(Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')).toBe(
    'e30206ec' +
      '00018000' +
      '00004000' +
      '584c4142' +
      '0102030405060708' +
      '1112131415161718' +
      '2122232425262728' +
      '3132333435363738',
  );
});

test('delay and dispersion beyond the short format are kept in its range', () => {
  const decode = (rootDelayS: number): number | undefined => {
    const packet = decodePacket(new Uint8Array(NTP_HEADER_LENGTH)) as NtpPacket;
    return decodePacket(encodePacket({ ...packet, rootDelayS }))?.rootDelayS;
  };
  expect(decode(1e9)).toBe(0xffffffff / 65_536);
  expect(decode(-1)).toBe(0);
});

test('a reference identifier of printable characters survives as text', () => {
  const text = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 4 });
  fc.assert(
    fc.property(text, (name) => {
      expect(referenceIdText(referenceIdOf(name))).toBe(name);
    }),
  );
  expect(referenceIdText(0x7f000001)).toBe('????');
});

test('a server kept over IPv6 names its upstream by the MD5 of its address, over IPv4 by the address', () => {
  const md5 = (octets: Uint8Array): Uint8Array => createHash('md5').update(octets).digest();
  expect(referenceIdOfAddress('192.0.2.7', md5)).toBe(0xc0000207);
  // printf '20010db8000000000000000000000007' | xxd -r -p | md5sum
  expect(referenceIdOfAddress('2001:db8::7', md5)).toBe(0xe1b2c29d);
  expect(referenceIdOfAddress('XLAB', md5)).toBeUndefined();
});
