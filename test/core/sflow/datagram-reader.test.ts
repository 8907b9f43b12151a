import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IpfixIssue } from '../../../core/ipfix/message-reader.ts';
import { readSFlowDatagram, type SFlowRecord, type SFlowSample } from '../../../core/sflow/datagram-reader.ts';
import { ETHERTYPE, ethernet, ipv4, ipv6, tcp, udp, type Octets } from '../../support/captures.ts';
import { counterSample, datagram, flowSample, opaque, tagged, words } from './xdr.ts';

function read(octets: Uint8Array) {
  const samples: SFlowSample[] = [];
  const records: SFlowRecord[] = [];
  const issues: IpfixIssue[] = [];
  const header = readSFlowDatagram(new DataView(octets.buffer, octets.byteOffset, octets.byteLength), {
    sample: (sample) => samples.push(sample),
    record: (record) => records.push(record),
    issue: (issue) => issues.push(issue),
  });
  return { header, samples, records, issues };
}

const sampledHeader = (protocol: number, frame: Octets): Octets => tagged(1, [...words(protocol, 1_000, 4), ...opaque(frame)]);

/** What a sampled frame's headers say. */
const innerOf = (frame: Octets, protocol = 1): unknown =>
  read(datagram(flowSample(sampledHeader(protocol, frame)))).records[0]?.fields?.['inner'];

const MACS = { dstMac: '02:00:00:00:00:02', srcMac: '02:00:00:00:00:01' };
const V4 = { source: 0xc0000201, destination: 0xc6336401, classOfService: 0xb8 };

test('head and samples, plain and expanded', () => {
  const expanded = tagged(3, words(9, 2, 5, 256, 2_560, 1, 0, 4, 2, 7, 0));
  const { header, samples, issues } = read(datagram(flowSample(), counterSample(), expanded, tagged(4, words(11, 0, 6, 0))));
  expect(header).toEqual({ agent: '192.0.2.7', subAgent: 3, sequenceNumber: 41, uptimeMs: 60_000 });
  expect(issues).toEqual([]);
  expect(samples).toEqual([
    { type: '0:1', length: 32, seq: 9, source: [2, 5], rate: 256, pool: 2_560, drops: 1, in: [0, 4], out: [2, 2] },
    { type: '0:2', length: 12, seq: 10, source: [0, 5] },
    { type: '0:3', length: 44, seq: 9, source: [2, 5], rate: 256, pool: 2_560, drops: 1, in: [0, 4], out: [2, 7] },
    { type: '0:4', length: 16, seq: 11, source: [0, 6] },
  ]);
});

describe('sampled headers', () => {
  test('TCP over IPv4 in two VLANs', () => {
    const packet = ipv4({ ...V4, protocol: 6 }, tcp(443, 50_000, 0x12));
    const tags = [
      [ETHERTYPE.qinq, 0x2064],
      [ETHERTYPE.vlan, 5],
    ] as const;
    expect(innerOf(ethernet(ETHERTYPE.ipv4, packet, tags))).toEqual({
      ...MACS,
      vlans: [100, 5],
      etherType: 0x0800,
      tos: 0xb8,
      ipLength: packet.length,
      ttl: 64,
      proto: 6,
      src: '192.0.2.1',
      dst: '198.51.100.1',
      sport: 443,
      dport: 50_000,
      tcpFlags: 0x12,
    });
  });

  test('UDP over IPv6 behind an extension header: the protocol is the first Next Header, the ports are found', () => {
    const packet = ipv6(1, 2, 0, [17, 0, 0, 0, 0, 0, 0, 0, ...udp(53, 5_353, 4)]);
    expect(innerOf(packet, 12)).toEqual({ proto: 0, ttl: 64, src: '2001:db8::1', dst: '2001:db8::2', sport: 53, dport: 5_353 });
  });

  test('ICMP, a later fragment, ARP, and a link that is not known', () => {
    expect(innerOf(ipv4({ ...V4, protocol: 1 }, [8, 0, 0, 0]), 11)).toMatchObject({ proto: 1, icmpType: 8, icmpCode: 0 });
    expect(innerOf(ipv4({ ...V4, protocol: 17, fragmentOffset: 9 }, udp(1, 2, 4)), 11)).not.toHaveProperty('sport');
    expect(innerOf(ethernet(ETHERTYPE.arp, [0, 1, 8, 0]))).toEqual({ ...MACS, etherType: 0x0806 });
    expect(innerOf([1, 2, 3, 4], 7)).toEqual({});
  });

  test('cut anywhere, they say what is there', () => {
    const frame = ethernet(ETHERTYPE.ipv4, ipv4({ ...V4, protocol: 6 }, tcp(443, 50_000, 0x12)), [[ETHERTYPE.vlan, 5]]);
    const whole = innerOf(frame) as object;
    for (let length = 0; length <= frame.length; length++) expect(whole).toMatchObject(innerOf(frame.slice(0, length)) as object);
  });
});

test('switch, router, gateway and user data', () => {
  const { records } = read(
    datagram(
      flowSample(
        tagged(1001, words(10, 1, 20, 2)),
        tagged(1002, words(1, 0xc0000201, 24, 16)),
        tagged(1003, words(1, 0xc0000201, 64_500, 64_501, 64_502, 2, 2, 2, 64_503, 64_504, 1, 1, 64_505, 1, 0xfffff, 100)),
        tagged(1004, [...words(106), ...opaque([65, 66]), ...words(106), ...opaque([])]),
      ),
    ),
  );
  expect(records.map(({ fields }) => fields)).toEqual([
    { srcVlan: 10, srcPriority: 1, dstVlan: 20, dstPriority: 2 },
    { nextHop: '192.0.2.1', srcMask: 24, dstMask: 16 },
    {
      nextHop: '192.0.2.1',
      as: 64_500,
      srcAs: 64_501,
      srcPeerAs: 64_502,
      dstAsPath: [
        [2, [64_503, 64_504]],
        [1, [64_505]],
      ],
      communities: [0xfffff],
      localPref: 100,
    },
    { srcCharset: 106, srcUser: 'AB', dstCharset: 106, dstUser: '' },
  ]);
});

test('counters of 32 and of 64 bits', () => {
  const { records } = read(
    datagram(counterSample(tagged(5, words(7, 0xffffffff, 0xffffffff, 2, 3, 4, 5)), tagged(1001, words(1, 2, 3, 0, 4, 0, 5)))),
  );
  expect(records.map(({ fields }) => fields)).toEqual([
    { vlanId: 7, octets: '18446744073709551615', ucastPkts: 2, multicastPkts: 3, broadcastPkts: 4, discards: 5 },
    { cpu5s: 1, cpu1m: 2, cpu5m: 3, totalMemory: 4, freeMemory: 5 },
  ]);
});

test.each([
  ['another version', Uint8Array.from([0, 0, 0, 4, ...datagram().subarray(4)]), ['message-header']],
  ['a cut head', datagram().subarray(0, 20), ['message-header']],
  ['a sample beyond the datagram', datagram(flowSample()).subarray(0, 60), ['sample-truncated']],
  ['more samples announced', Uint8Array.from([...datagram().subarray(0, 24), 0, 0, 0, 9]), ['sample-truncated']],
  ['a sample of another enterprise', datagram(tagged(0x1001, words(1))), ['sample-format']],
  ['a sample shorter than its head', datagram(tagged(1, words(1, 2))), ['sample-truncated']],
  ['a record beyond its sample', datagram(flowSample(words(1001, 99))), ['record-truncated']],
  ['a record shorter than it must be', datagram(flowSample(tagged(1001, words(1)))), ['record-truncated']],
  ['a list of more than there is', datagram(flowSample(tagged(1003, words(1, 0, 1, 1, 1, 2 ** 31)))), ['record-truncated']],
  ['octets left over', Uint8Array.from([...datagram(flowSample()), 1]), ['trailing-octets']],
])('%s is an issue', (_name, octets, codes) => {
  expect(read(octets).issues.map(({ code }) => code)).toEqual(codes);
});

test('a record that cannot be read is told with its octets, and the next is read', () => {
  const { records } = read(
    datagram(flowSample(tagged(1001, words(1)), tagged(0x1001, words(7)), tagged(1001, words(1, 2, 3, 4)))),
  );
  expect(records.map(({ format, fields, octets }) => [format, fields === undefined, octets.length])).toEqual([
    ['0:1001', true, 4],
    ['1:1', true, 4],
    ['0:1001', false, 16],
  ]);
});

test('any octets never throw and give no more records than they could hold', () => {
  const sound = datagram(
    flowSample(
      sampledHeader(1, ethernet(ETHERTYPE.ipv4, ipv4({ ...V4, protocol: 6 }, tcp(1, 2, 3)))),
      tagged(1003, words(1, 2, 3, 4, 5, 1, 2, 1, 6, 1, 7, 8)),
    ),
    counterSample(tagged(1, words(...new Array<number>(22).fill(1)))),
  );
  const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.nat(sound.length), (changes, cut) => {
      const octets = sound.slice(0, cut);
      for (const [at, value] of changes) if (at < cut) octets[at] = value;
      expect(read(octets).records.length).toBeLessThanOrEqual(cut / 8);
    }),
    { numRuns: 3_000 },
  );
});
