/** Frames and capture files made by hand, octet by octet. */

export type Octets = readonly number[];

export const uint16 = (value: number): Octets => [(value >>> 8) & 255, value & 255];
export const uint32 = (value: number): Octets => [...uint16(value >>> 16), ...uint16(value & 0xffff)];
export const zeros = (count: number): number[] => new Array<number>(count).fill(0);

export const udp = (sourcePort: number, destinationPort: number, payload: number): Octets => [
  ...uint16(sourcePort),
  ...uint16(destinationPort),
  ...uint16(8 + payload),
  ...uint16(0),
  ...zeros(payload),
];

export const tcp = (sourcePort: number, destinationPort: number, flags: number, payload = 0): Octets => [
  ...uint16(sourcePort),
  ...uint16(destinationPort),
  ...zeros(8),
  0x50,
  flags,
  ...uint16(1_000),
  ...zeros(4 + payload),
];

export interface IPv4Fields {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly classOfService?: number;
  /** A multiple of 4 octets. */
  readonly options?: Octets;
  readonly identification?: number;
  /** In units of 8 octets. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
}

export function ipv4(fields: IPv4Fields, payload: Octets): Octets {
  const { options = [], fragmentOffset = 0, moreFragments = false } = fields;
  const headerLength = 20 + options.length;
  return [
    0x40 | (headerLength / 4),
    fields.classOfService ?? 0,
    ...uint16(headerLength + payload.length),
    ...uint16(fields.identification ?? 0),
    ...uint16((moreFragments ? 0x2000 : 0) | fragmentOffset),
    64,
    fields.protocol,
    ...uint16(0),
    ...uint32(fields.source),
    ...uint32(fields.destination),
    ...options,
    ...payload,
  ];
}

/** The last octet of each address tells it from the others of 2001:db8::/32. */
export const ipv6 = (source: number, destination: number, nextHeader: number, payload: Octets): Octets => [
  ...[0x60, 0, 0, 0],
  ...uint16(payload.length),
  nextHeader,
  64,
  ...[0x20, 0x01, 0x0d, 0xb8, ...zeros(11), source],
  ...[0x20, 0x01, 0x0d, 0xb8, ...zeros(11), destination],
  ...payload,
];

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, qinq: 0x88a8 } as const;

/** An Ethernet frame; each tag is [EtherType, VLAN identifier]. */
export const ethernet = (etherType: number, packet: Octets, tags: readonly (readonly [number, number])[] = []): Octets => [
  ...[2, 0, 0, 0, 0, 2],
  ...[2, 0, 0, 0, 0, 1],
  ...tags.flatMap(([type, vlan]) => [...uint16(type), ...uint16(vlan)]),
  ...uint16(etherType),
  ...packet,
];

export interface Captured {
  readonly timeS: number;
  readonly timeNs: number;
  readonly octets: Octets;
  /** More than the octets when the capture was cut. */
  readonly originalLength?: number;
}

export interface PcapOptions {
  readonly linkType: number;
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
}

export function pcap(packets: readonly Captured[], options: PcapOptions): Uint8Array {
  const { linkType, littleEndian = true, nanoseconds = true } = options;
  const word = endian(littleEndian);
  const header = [...word(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4), ...(littleEndian ? [2, 0, 4, 0] : [0, 2, 0, 4]), ...zeros(8)];
  const records = packets.flatMap(({ timeS, timeNs, octets, originalLength = octets.length }) => [
    ...word(timeS),
    ...word(nanoseconds ? timeNs : Math.floor(timeNs / 1_000)),
    ...word(octets.length),
    ...word(originalLength),
    ...octets,
  ]);
  return Uint8Array.from([...header, ...word(262_144), ...word(linkType), ...records]);
}

/** A block of pcapng with its two lengths. */
export function block(type: number, body: Octets, littleEndian = true): Octets {
  const word = endian(littleEndian);
  const padded = [...body, ...zeros(-body.length & 3)];
  return [...word(type), ...word(padded.length + 12), ...padded, ...word(padded.length + 12)];
}

export function sectionHeader(littleEndian = true): Octets {
  const word = endian(littleEndian);
  return block(
    0x0a0d0d0a,
    [...word(0x1a2b3c4d), ...(littleEndian ? [1, 0, 0, 0] : [0, 1, 0, 0]), ...zeros(8).map(() => 255)],
    littleEndian,
  );
}

/** `options` as [code, value]. */
export function interfaceBlock(
  linkType: number,
  options: readonly (readonly [number, Octets])[] = [],
  { littleEndian = true, snapLength = 0 } = {},
): Octets {
  const word = endian(littleEndian);
  const half = (value: number): Octets => word(value).slice(littleEndian ? 0 : 2, littleEndian ? 2 : 4);
  const encoded = options.flatMap(([code, value]) => [
    ...half(code),
    ...half(value.length),
    ...value,
    ...zeros(-value.length & 3),
  ]);
  return block(
    1,
    [...half(linkType), 0, 0, ...word(snapLength), ...encoded, ...(options.length > 0 ? zeros(4) : [])],
    littleEndian,
  );
}

/** An enhanced packet block; the timestamp is in the interface's units. */
export function packetBlock(interfaceId: number, timestamp: bigint, octets: Octets, littleEndian = true): Octets {
  const word = endian(littleEndian);
  const time = [...word(Number(timestamp >> 32n)), ...word(Number(timestamp & 0xffffffffn))];
  const lengths = [...word(octets.length), ...word(octets.length)];
  return block(6, [...word(interfaceId), ...time, ...lengths, ...octets], littleEndian);
}

export const endian =
  (littleEndian: boolean) =>
  (value: number): Octets =>
    littleEndian ? [...uint32(value)].reverse() : uint32(value);
