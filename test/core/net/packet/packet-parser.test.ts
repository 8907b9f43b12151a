import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CapturedFrame } from '../../../../core/net/capture/captured-frame.ts';
import { PacketParser } from '../../../../core/net/packet/packet-parser.ts';
import { ethernet, ETHERTYPE, ipv4, ipv6, tcp, udp, uint16, uint32, zeros, type Octets } from '../../../support/captures.ts';
import { MIXED_PACKETS } from '../../../support/mixed-capture.ts';

const SOURCE = 0x0a000a0a;
const DESTINATION = 0xc6121010;
const PACKET = ipv4({ source: SOURCE, destination: DESTINATION, protocol: 17, classOfService: 0xb8 }, udp(5_060, 53, 100));

/** Parses a frame that lies in the middle of other octets, none of which may be looked at. */
function parse(linkType: number, octets: Octets, originalLength = octets.length) {
  const frame = new CapturedFrame();
  frame.octets = Uint8Array.from([...zeros(7).map(() => 0x45), ...octets, ...zeros(50).map(() => 0xff)]);
  frame.begin = 7;
  frame.end = 7 + octets.length;
  frame.linkType = linkType;
  frame.originalLength = originalLength;
  const parser = new PacketParser();
  const parsed = parser.parse(frame);
  const { ipv6Addresses, ...view } = parser.view;
  return { parsed, ...view, lastOctets: [ipv6Addresses.getUint8(15), ipv6Addresses.getUint8(31)] };
}

const FIELDS = {
  parsed: 'ip',
  ipVersion: 4,
  sourceAddress: SOURCE,
  destinationAddress: DESTINATION,
  protocol: 17,
  sourcePort: 5_060,
  destinationPort: 53,
  octets: 128,
  classOfService: 0xb8,
  isLaterFragment: false,
};

describe('link types', () => {
  test.each([
    ['Ethernet', 1, ethernet(ETHERTYPE.ipv4, PACKET)],
    ['RAW', 101, PACKET],
    ['RAW as some BSDs write it', 12, PACKET],
    ['RAW as OpenBSD writes it', 14, PACKET],
    ['IPv4', 228, PACKET],
    ['Linux cooked', 113, [...zeros(14), ...uint16(ETHERTYPE.ipv4), ...PACKET]],
    ['Linux cooked v2', 276, [...uint16(ETHERTYPE.ipv4), ...zeros(18), ...PACKET]],
    ['NULL, little-endian', 0, [2, 0, 0, 0, ...PACKET]],
    ['NULL, big-endian', 0, [0, 0, 0, 2, ...PACKET]],
    ['LOOP', 108, [0, 0, 0, 2, ...PACKET]],
  ])('%s', (_, linkType, octets) => {
    expect(parse(linkType, octets)).toMatchObject(FIELDS);
  });

  test.each([
    ['Ethernet', 1, ethernet(ETHERTYPE.ipv6, ipv6(1, 2, 17, udp(1, 2, 0)))],
    ['IPv6', 229, ipv6(1, 2, 17, udp(1, 2, 0))],
    ['NULL of FreeBSD', 0, [28, 0, 0, 0, ...ipv6(1, 2, 17, udp(1, 2, 0))]],
  ])('%s with IPv6', (_, linkType, octets) => {
    expect(parse(linkType, octets)).toMatchObject({ parsed: 'ip', ipVersion: 6, octets: 48, sourcePort: 1, lastOctets: [1, 2] });
  });

  test('VLAN tags: the outermost identifier is kept', () => {
    const tags = [
      [ETHERTYPE.qinq, 0x2000 | 30],
      [ETHERTYPE.vlan, 40],
    ] as const;
    expect(parse(1, ethernet(ETHERTYPE.ipv4, PACKET, tags))).toMatchObject({ ...FIELDS, vlanId: 30, sourceMac: 0x020000000001 });
  });

  test('what is not IP or not known is said to be so', () => {
    expect(parse(1, ethernet(ETHERTYPE.arp, zeros(46))).parsed).toBe('not-ip');
    expect(parse(1, zeros(13)).parsed).toBe('not-ip');
    expect(parse(147, PACKET).parsed).toBe('unknown-link-type');
  });
});

describe('IPv4', () => {
  test('the octets are those of its header, whatever the capture kept and the link padded', () => {
    expect(parse(1, [...ethernet(ETHERTYPE.ipv4, PACKET), ...zeros(20)]).octets).toBe(128);
    expect(parse(101, PACKET.slice(0, 28), 128)).toMatchObject(FIELDS);
    // Segmentation offload: RFC 791 has no length for it, the capture does.
    expect(parse(101, [...PACKET.slice(0, 2), 0, 0, ...PACKET.slice(4, 40)], 9_000).octets).toBe(9_000);
  });

  test('options are passed over', () => {
    const packet = ipv4({ source: 1, destination: 2, protocol: 6, options: zeros(40) }, tcp(80, 81, 0x12));
    expect(parse(101, packet)).toMatchObject({ sourcePort: 80, destinationPort: 81, tcpFlags: 0x12, octets: 80 });
  });

  test('a later fragment has no ports, the first has', () => {
    const fields = { source: 1, destination: 2, protocol: 17 };
    expect(parse(101, ipv4({ ...fields, moreFragments: true }, udp(7, 8, 8)))).toMatchObject({
      sourcePort: 7,
      isLaterFragment: false,
    });
    expect(parse(101, ipv4({ ...fields, fragmentOffset: 2 }, udp(7, 8, 8)))).toMatchObject({
      sourcePort: 0,
      isLaterFragment: true,
    });
  });

  test('padding is not taken for ports', () => {
    const empty = ethernet(ETHERTYPE.ipv4, ipv4({ source: 1, destination: 2, protocol: 17 }, []));
    expect(parse(1, [...empty, ...zeros(26).map(() => 9)]).sourcePort).toBe(0);
  });

  test('a header that contradicts itself is malformed, one that is not there cut short', () => {
    expect(parse(101, [0x44, ...PACKET.slice(1)]).parsed).toBe('malformed');
    expect(parse(101, [...PACKET.slice(0, 2), 0, 19, ...PACKET.slice(4)]).parsed).toBe('malformed');
    expect(parse(101, PACKET.slice(0, 19)).parsed).toBe('cut-short');
  });

  test('ICMP: type and code, and the Identifier of queries alone (RFC 5508 section 3.1)', () => {
    const icmp = (type: number, code: number): Octets =>
      ipv4({ source: 1, destination: 2, protocol: 1 }, [type, code, 0, 0, 0, 77, 0, 1]);
    expect(parse(101, icmp(8, 0))).toMatchObject({ icmpTypeCode: 0x0800, icmpIdentifier: 77, sourcePort: 0 });
    expect(parse(101, icmp(3, 1))).toMatchObject({ icmpTypeCode: 0x0301, icmpIdentifier: 0 });
  });
});

describe('IPv6', () => {
  test('extension headers are walked to the transport header (RFC 8200 section 4)', () => {
    const authentication = [60, 1, 0, 0, ...zeros(8)];
    const chain = [51, 1, ...zeros(14), ...authentication, 6, 0, ...zeros(6), ...tcp(80, 81, 2)];
    expect(parse(101, ipv6(1, 2, 0, chain))).toMatchObject({
      protocol: 6,
      sourcePort: 80,
      tcpFlags: 2,
      octets: 40 + chain.length,
    });
  });

  test('a later fragment has a protocol but no ports', () => {
    const fragment = (offset: number): Octets => ipv6(1, 2, 44, [17, 0, ...uint16(offset << 3), ...uint32(1), ...udp(7, 8, 8)]);
    expect(parse(101, fragment(0))).toMatchObject({ protocol: 17, sourcePort: 7, isLaterFragment: false });
    expect(parse(101, fragment(5))).toMatchObject({ protocol: 17, sourcePort: 0, isLaterFragment: true });
  });
});

test('whatever the octets and the link type, it comes to a result and looks at nothing outside the frame', () => {
  const linkTypes = fc.constantFrom(0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 9);
  const mutated = fc
    .tuple(fc.constantFrom(...MIXED_PACKETS), fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 5 }), fc.nat(120))
    .map(([{ octets }, changes, length]) => {
      const copy = octets.slice(0, length);
      for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
      return copy;
    });
  fc.assert(
    fc.property(linkTypes, fc.oneof(mutated, fc.array(fc.nat(255), { maxLength: 120 })), (linkType, octets) => {
      const result = parse(linkType, octets);
      if (result.parsed !== 'ip') return;
      expect(result.octets).toBeGreaterThanOrEqual(20);
      for (const value of Object.values(result)) if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('an ICMP error shows the packet it carries when it has 8 octets of it, however little was captured (RFC 792)', () => {
  const error = [3, 3, ...zeros(6), ...PACKET.slice(0, 28)];
  const octets = ipv4({ source: DESTINATION, destination: SOURCE, protocol: 1 }, error);
  for (let kept = 20; kept < octets.length; kept++) {
    expect(parse(101, octets.slice(0, kept), octets.length).showsCarried).toBe(false);
  }
  expect(parse(101, octets)).toMatchObject({
    icmpTypeCode: 0x0303,
    showsCarried: true,
    carried: { sourceAddress: SOURCE, destinationAddress: DESTINATION, protocol: 17, sourcePort: 5_060, destinationPort: 53 },
  });
  // Octets behind the error's own length are padding; a header longer than what is there is none.
  expect(parse(101, [...ipv4({ source: 1, destination: 2, protocol: 1 }, error.slice(0, -1)), 0, 0]).showsCarried).toBe(false);
  const long = error.with(8, 0x4f);
  expect(parse(101, ipv4({ source: 1, destination: 2, protocol: 1 }, long)).showsCarried).toBe(false);
});
