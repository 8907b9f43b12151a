/** The packet an ICMP error is about, by the headers of it that the error carries; the fields are those of `PacketView`. */
export class CarriedPacket {
  sourceAddress = 0;
  destinationAddress = 0;
  protocol = 0;
  sourcePort = 0;
  destinationPort = 0;
  tcpFlags = 0;
  icmpTypeCode = 0;
  icmpIdentifier = 0;
}

/** The fields of one IP packet that a meter looks at. One is filled again and again, so that none is allocated. */
export class PacketView {
  ipVersion: 4 | 6 = 4;
  /** IPv4: unsigned 32-bit integers. */
  sourceAddress = 0;
  destinationAddress = 0;
  /** IPv6: both addresses one after the other, source first, as in the header. */
  readonly ipv6Addresses = new DataView(new ArrayBuffer(32));
  /** What the last header that is no IPv6 extension header is. */
  protocol = 0;
  /** What the IP header says comes next: an IPv6 extension header perhaps. */
  nextHeader = 0;
  /** Time to Live, Hop Limit. */
  ttl = 0;
  /** 0 where the protocol has none, in fragments but the first, and where the capture ends before them. */
  sourcePort = 0;
  destinationPort = 0;
  /** The eight control bits of RFC 9293 section 3.1; 0 unless TCP. */
  tcpFlags = 0;
  /** ICMP and ICMPv6: type * 256 + code, and the Identifier of a query (RFC 5508 section 3.1). */
  icmpTypeCode = 0;
  icmpIdentifier = 0;
  /** Of an ICMPv4 error: whether the capture shows the ports, or what stands in their place, of the packet it is about, and that packet. */
  showsCarried = false;
  readonly carried = new CarriedPacket();
  /** Octets of the IP packet by its own header, whatever the capture kept of it: no link-layer header, no padding. */
  octets = 0;
  /** The octet once called Type of Service; Traffic Class in IPv6. */
  classOfService = 0;
  /** A fragment with an offset: it has no transport header of its own. */
  isLaterFragment = false;
  /** What the IP header and extension headers carry, as indices of the frame's octets: a transport header, or a piece of a fragmented packet. */
  payloadBegin = 0;
  payloadEnd = 0;
  /** Whether the packet is one of several fragments, its Identification, and where its piece lies among them (RFC 791, RFC 8200 section 4.5). */
  isFragment = false;
  fragmentIdentification = 0;
  fragmentOffset = 0;
  hasMoreFragments = false;
  /** VLAN identifiers of the two outer tags, 0 without them, and how many tags there are. */
  vlanId = 0;
  innerVlanId = 0;
  vlanTags = 0;
  /** Of what the link carries, behind the tags; 0 where none is told. */
  etherType = 0;
  /** 48-bit numbers; 0 where the link has no such addresses. */
  sourceMac = 0;
  destinationMac = 0;
}

/** What came of a frame: fields in the view, or the reason why there are none. */
export type Parsed =
  | 'ip'
  /** ARP, LLDP and the like. */
  | 'not-ip'
  | 'unknown-link-type'
  /** The capture kept less than the IP header. */
  | 'cut-short'
  /** An IP header that contradicts itself. */
  | 'malformed';
