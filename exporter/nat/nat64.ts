import { isIPv6 } from '../../core/net/address-book.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../core/net/icmp.ts';
import { embeddedIPv4, HEADER_DIFFERENCE_OCTETS } from '../../core/net/nat64-address.ts';
import { ipv6PrefixHas, type IPv6Prefix } from '../../core/net/ipv6-prefix.ts';
import type { PacketTrain } from '../../core/net/packet-train.ts';

/**
 * A train between an inside host and an address that NAT64 has made, as it is outside: to the IPv4 address at the end of that
 * one, each packet shorter by what the headers differ (RFC 7915 sections 4.1 and 5.1). Its inside endpoint is still the IPv6 one,
 * by which the Binding Information Base knows it (RFC 6146 section 3.1).
 */
export function translatedByNat64(train: PacketTrain): PacketTrain {
  const { connection, packets } = train;
  const { protocol, serverAddress } = connection;
  return {
    connection: {
      ...connection,
      protocol: protocol === PROTOCOL_ICMPV6 ? PROTOCOL_ICMP : protocol,
      serverAddress: embeddedIPv4(serverAddress),
    },
    direction: train.direction,
    startNs: train.startNs,
    intervalNs: train.intervalNs,
    packets,
    octets: train.octets - packets * HEADER_DIFFERENCE_OCTETS,
    tcpFlagsFirst: train.tcpFlagsFirst,
    tcpFlags: train.tcpFlags,
    tcpFlagsLast: train.tcpFlagsLast,
  };
}

/** The train as it is outside a router whose NAT64 has `prefix`: another where it is to an address of that, else the same. */
export function outsideByNat64(train: PacketTrain, prefix: IPv6Prefix | undefined): PacketTrain {
  const { serverAddress } = train.connection;
  const isNat64 = prefix !== undefined && isIPv6(serverAddress) && ipv6PrefixHas(prefix, serverAddress);
  return isNat64 ? translatedByNat64(train) : train;
}
