import {
  ethernet,
  ETHERTYPE,
  ipv4,
  ipv6,
  pcap,
  tcp,
  udp,
  uint16,
  uint32,
  zeros,
  type Captured,
  type Octets,
} from './captures.ts';

const INSIDE = 0x0a000a0a;
const OUTSIDE = 0xc6121010;
const [TCP, UDP, ICMP, ICMPV6, FRAGMENT_HEADER, DESTINATION_OPTIONS] = [6, 17, 1, 58, 44, 60];

const from = (fields: object, payload: Octets): Octets =>
  ipv4({ source: INSIDE, destination: OUTSIDE, protocol: UDP, ...fields }, payload);
const frame4 = (packet: Octets, tags: readonly (readonly [number, number])[] = []): Octets =>
  ethernet(ETHERTYPE.ipv4, packet, tags);
const frame6 = (packet: Octets): Octets => ethernet(ETHERTYPE.ipv6, packet);

/** An echo request or reply. */
const ping = (type: number): Octets => [type, 0, 0, 0, ...uint16(77), 0, 1, ...zeros(56)];

/** Frames of everything a network has beside plain TCP and UDP; each kind twice, so that flows have more than one packet. */
const KINDS: readonly Octets[] = [
  frame4(from({ protocol: TCP }, tcp(50_001, 443, 0x18, 700))),
  frame4(from({ protocol: TCP, options: [1, 1, 1, 0] }, tcp(50_002, 443, 0x10, 100))),
  frame4(from({}, udp(50_003, 53, 40)), [[ETHERTYPE.vlan, 20]]),
  frame4(from({}, udp(50_004, 53, 40)), [
    [ETHERTYPE.qinq, 30],
    [ETHERTYPE.vlan, 40],
  ]),
  // 30 octets of datagram and padding to the least Ethernet frame.
  [...frame4(from({}, udp(50_005, 9, 2))), ...zeros(16)],
  frame4(from({ protocol: ICMP }, ping(8))),
  frame4(ipv4({ source: OUTSIDE, destination: INSIDE, protocol: ICMP }, ping(0))),
  frame4(from({ protocol: 47 }, [...uint16(0), ...uint16(0x0800), ...zeros(40)])),
  frame4(from({ protocol: 132 }, [...uint16(50_006), ...uint16(3_868), ...uint32(1), ...uint32(0), ...zeros(20)])),
  // One datagram of 2000 octets in two fragments.
  frame4(from({ identification: 7, moreFragments: true }, udp(50_007, 2_049, 1_472))),
  frame4(from({ identification: 7, fragmentOffset: 185 }, zeros(520))),
  frame6(ipv6(1, 2, UDP, udp(50_008, 443, 1_200))),
  frame6(ipv6(1, 2, TCP, tcp(50_009, 443, 0x02))),
  frame6(ipv6(1, 2, ICMPV6, ping(128))),
  frame6(ipv6(1, 2, DESTINATION_OPTIONS, [UDP, 0, 1, 4, 0, 0, 0, 0, ...udp(50_010, 443, 100)])),
  frame6(ipv6(1, 2, FRAGMENT_HEADER, [UDP, 0, ...uint16(1), ...uint32(9), ...udp(50_011, 443, 1_224)])),
  frame6(ipv6(1, 2, FRAGMENT_HEADER, [UDP, 0, ...uint16(1_232), ...uint32(9), ...zeros(100)])),
];

const ARP: Octets = ethernet(ETHERTYPE.arp, [...uint16(1), ...uint16(0x0800), 6, 4, 0, 1, ...zeros(20), ...zeros(18)]);

/** All kinds twice and an ARP request, a tenth of a second apart. */
export const MIXED_PACKETS: readonly Captured[] = [...KINDS, ...KINDS, ARP].map((octets, index) => ({
  timeS: 1_772_438_400 + Math.floor(index / 10),
  timeNs: (index % 10) * 100_000_000,
  octets,
}));

export const MIXED_CAPTURE = pcap(MIXED_PACKETS, { linkType: 1 });
