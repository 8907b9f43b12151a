/** Internet protocols by number, as people call them (IANA's registry "protocol-numbers"). */
const NAMES: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  89: 'OSPF',
  132: 'SCTP',
};

/** The name of a protocol; `undefined` for the many that are rarely met. */
export const protocolName = (protocol: number): string | undefined => NAMES[protocol];
