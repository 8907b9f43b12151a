import { isIPv6 } from '../../core/net/address-book.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../core/net/icmp.ts';
import { embeddedIPv4, isNat64 } from '../../core/net/nat64-address.ts';
import { DOWN, UP } from './ledger.ts';
import type { RecordColumns, Records } from './records.ts';

/** What a Flow Record says about whom it is about, turned so that the inside host comes first. */
export interface Endpoints {
  direction: number;
  protocol: number;
  insideAddress: number;
  insidePort: number;
  publicAddress: number;
  publicPort: number;
  /** As the inside knows it. */
  serverAddress: number;
  serverPort: number;
  /** Whether the server's endpoint is the same after the translation: by NAT64 the IPv4 address is in the IPv6 one (RFC 6052 section 2.2). */
  isSameServer: boolean;
}

/**
 * Reads the endpoints of a record; what goes to one of the office's public addresses, or to one of `untranslated`, is for the inside.
 * One without an address after translation was dropped, was seen outside or is plain IPv6, and speaks of the public endpoint as its
 * own inside endpoint.
 */
export function endpointsOf(
  records: Records,
  row: number,
  publicAddresses: ReadonlySet<number>,
  untranslated: ReadonlySet<number>,
): Endpoints {
  const { columns } = records;
  const destination = columns.destinationAddress[row] as number;
  const isInwards = publicAddresses.has(destination) || untranslated.has(destination);
  return isInwards ? inwards(columns, row) : outwards(columns, row, publicAddresses);
}

function outwards(columns: RecordColumns, row: number, publicAddresses: ReadonlySet<number>): Endpoints {
  const postNatSource = columns.postNatSourceAddress[row] as number;
  const insideAddress = columns.sourceAddress[row] as number;
  const serverAddress = columns.destinationAddress[row] as number;
  const isPlain = postNatSource === 0 && (isIPv6(insideAddress) || publicAddresses.has(insideAddress));
  const publicAddress = isPlain ? insideAddress : postNatSource;
  return {
    direction: UP,
    protocol: columns.protocol[row] as number,
    insideAddress,
    insidePort: columns.sourcePort[row] as number,
    publicAddress,
    publicPort: (isPlain ? columns.sourcePort : columns.postNaptSourcePort)[row] as number,
    serverAddress,
    serverPort: columns.destinationPort[row] as number,
    isSameServer:
      isPlain ||
      (isSame(serverAddress, columns.postNatDestinationAddress[row] as number) &&
        columns.destinationPort[row] === columns.postNaptDestinationPort[row]),
  };
}

function inwards(columns: RecordColumns, row: number): Endpoints {
  const publicAddress = columns.destinationAddress[row] as number;
  const postNatDestination = columns.postNatDestinationAddress[row] as number;
  const isTranslated = postNatDestination !== 0;
  const insideAddress = isTranslated ? postNatDestination : publicAddress;
  const isFromNat64 = isNat64(insideAddress, publicAddress);
  const serverAddress = (isFromNat64 ? columns.postNatSourceAddress : columns.sourceAddress)[row] as number;
  const protocol = columns.protocol[row] as number;
  return {
    direction: DOWN,
    protocol: isFromNat64 && protocol === PROTOCOL_ICMP ? PROTOCOL_ICMPV6 : protocol,
    insideAddress,
    insidePort: (isTranslated ? columns.postNaptDestinationPort : columns.destinationPort)[row] as number,
    publicAddress,
    publicPort: columns.destinationPort[row] as number,
    serverAddress,
    serverPort: columns.sourcePort[row] as number,
    isSameServer:
      !isTranslated ||
      (isSame(columns.postNatSourceAddress[row] as number, columns.sourceAddress[row] as number) &&
        columns.sourcePort[row] === columns.postNaptSourcePort[row]),
  };
}

const isSame = (inside: number, outside: number): boolean => (isIPv6(inside) ? embeddedIPv4(inside) : inside) === outside;
