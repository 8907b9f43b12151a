import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileHeader, MAX_UDP_PAYLOAD_LENGTH, udpPacket, type CapturedDatagram } from '../../../core/net/pcap.ts';

const RECORD_HEADER = 16;
const port = fc.integer({ min: 0, max: 0xffff });
const address = fc.integer({ min: 0, max: 0xffffffff });

const datagram: fc.Arbitrary<CapturedDatagram> = fc.record({
  time: fc.record({ s: fc.integer({ min: 0, max: 0xffffffff }), ns: fc.integer({ min: 0, max: 999_999_999 }) }),
  sourceAddress: address,
  sourcePort: port,
  destinationAddress: address,
  destinationPort: port,
  identification: fc.nat(),
  payload: fc.uint8Array({ maxLength: 2_000 }),
});

/** The 16-bit ones' complement sum (RFC 1071), octet by octet: an even offset weighs 256. */
function onesComplementSum(octets: Iterable<number>): number {
  let sum = 0;
  let even = true;
  for (const octet of octets) {
    sum += even ? octet * 256 : octet;
    sum = sum >= 0x10000 ? sum - 0xffff : sum;
    even = !even;
  }
  return sum;
}

test('a file begins with the nanosecond magic, version 2.4 and LINKTYPE_RAW', () => {
  expect(Buffer.from(fileHeader()).toString('hex')).toBe(
    '4d3cb2a1' + '02000400' + '00000000' + '00000000' + '00000400' + '65000000',
  );
});

test('RFC 791, RFC 768: both checksums make their sums all ones', () => {
  fc.assert(
    fc.property(datagram, (captured) => {
      const packet = udpPacket(captured).subarray(RECORD_HEADER);
      expect(onesComplementSum(packet.subarray(0, 20))).toBe(0xffff);
      const udpLength = packet.length - 20;
      const pseudoHeader = [...packet.subarray(12, 20), 0, 17, udpLength >> 8, udpLength & 255];
      expect(onesComplementSum([...pseudoHeader, ...packet.subarray(20)])).toBe(0xffff);
      expect(packet[26] === 0 && packet[27] === 0).toBe(false);
    }),
  );
});

test('what was captured can be read back', () => {
  fc.assert(
    fc.property(datagram, (captured) => {
      const octets = udpPacket(captured);
      const view = new DataView(octets.buffer);
      const packetLength = octets.length - RECORD_HEADER;
      expect([0, 4, 8, 12].map((offset) => view.getUint32(offset, true))).toEqual([
        captured.time.s,
        captured.time.ns,
        packetLength,
        packetLength,
      ]);
      expect([18, 20, 36, 38, 40].map((offset) => view.getUint16(offset))).toEqual([
        packetLength,
        captured.identification & 0xffff,
        captured.sourcePort,
        captured.destinationPort,
        packetLength - 20,
      ]);
      expect([28, 32].map((offset) => view.getUint32(offset))).toEqual([captured.sourceAddress, captured.destinationAddress]);
      expect(octets.subarray(RECORD_HEADER + 28)).toEqual(captured.payload);
    }),
  );
});

test('RFC 768: a checksum that comes out as 0 is sent as all ones', () => {
  // The pseudo header and the UDP header sum to 0x29.
  const payload = Uint8Array.of(0xff, 0xd6);
  const packet = udpPacket({
    time: { s: 0, ns: 0 },
    sourceAddress: 0,
    sourcePort: 0,
    destinationAddress: 0,
    destinationPort: 4,
    identification: 0,
    payload,
  });
  expect(onesComplementSum([0, 17, 0, 10, 0, 0, 0, 4, 0, 10, ...payload])).toBe(0xffff);
  expect([...packet.subarray(RECORD_HEADER + 26, RECORD_HEADER + 28)]).toEqual([0xff, 0xff]);
});

test('a payload that IPv4 cannot carry is refused', () => {
  const base = {
    time: { s: 0, ns: 0 },
    sourceAddress: 1,
    sourcePort: 1,
    destinationAddress: 2,
    destinationPort: 2,
    identification: 0,
  };
  expect(udpPacket({ ...base, payload: new Uint8Array(MAX_UDP_PAYLOAD_LENGTH) })).toHaveLength(RECORD_HEADER + 65_535);
  expect(() => udpPacket({ ...base, payload: new Uint8Array(MAX_UDP_PAYLOAD_LENGTH + 1) })).toThrow(RangeError);
});
