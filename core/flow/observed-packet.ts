import { copyIPv6, isIPv6 } from '../net/address-book.ts';
import { trueNs, type TrueNs } from '../time/instant.ts';

/** Positions of the words of `ObservedPacket.words`; a name that speaks of two fields tells which has the upper bits. */
export const SOURCE_WORD = 0;
export const DESTINATION_WORD = 4;
/** Source port, destination port. */
export const PORTS_WORD = 8;
/** Protocol (8 bits), class of service (8), IP version (4), VLAN (12). */
export const PROTOCOL_WORD = 9;
export const INGRESS_WORD = 10;
export const EGRESS_WORD = 11;
/** An IPv4 address, or the lower half of an IPv6 address's number (`address-book.ts`) where `POST_NAT_IPV6` is set. */
export const POST_NAT_SOURCE_WORD = 12;
export const POST_NAT_DESTINATION_WORD = 13;
export const POST_NAPT_PORTS_WORD = 14;
/**
 * Number of the Observation Point (2 bits), DSCP after it (6), forwarding status (2), `POST_NAT_IPV6` (1), flowDirection (5), ICMP
 * type and code (16).
 */
export const POINT_WORD = 15;
export const POST_NAT_IPV6 = 0x0020_0000;
export const PACKET_WORDS = 16;

/**
 * One packet as an Observation Point sees it. Whoever reads packets keeps one of these and fills it again for each, so that
 * none costs an object. What a setter is not called for keeps its value.
 */
export class ObservedPacket {
  /** All a flow key can be made of, as 32-bit words. */
  readonly words = new Uint32Array(PACKET_WORDS);
  /** When it passed. */
  atNs: TrueNs = trueNs(0);
  /** Of the IP packet, its header included. */
  octets = 0;
  tcpFlags = 0;
  /** 48-bit numbers; 0 when not known. */
  sourceMac = 0;
  destinationMac = 0;
  /** RFC 6759; 0 when not known. */
  applicationId = 0;

  setIPv4(source: number, destination: number): void {
    const { words } = this;
    words[SOURCE_WORD] = source;
    words[DESTINATION_WORD] = destination;
    for (let word = 1; word < 4; word++) {
      words[SOURCE_WORD + word] = 0;
      words[DESTINATION_WORD + word] = 0;
    }
    this.#setVersion(4);
  }

  /** Addresses of the simulation by their numbers, both IPv4 or both IPv6. */
  setAddresses(source: number, destination: number): void {
    if (!isIPv6(source)) return this.setIPv4(source, destination);
    copyIPv6(source, this.words, SOURCE_WORD);
    copyIPv6(destination, this.words, DESTINATION_WORD);
    this.#setVersion(6);
  }

  /** Both addresses lie one after the other in `octets`, from `at` on, as in the IPv6 header. */
  setIPv6(octets: DataView, at: number): void {
    for (let word = SOURCE_WORD; word < PORTS_WORD; word++) this.words[word] = octets.getUint32(at + 4 * word);
    this.#setVersion(6);
  }

  /** Ports are 0 where there are none; by custom the destination port of ICMP is type * 256 + code. */
  setTransport(protocol: number, sourcePort: number, destinationPort: number): void {
    this.words[PORTS_WORD] = (sourcePort << 16) | destinationPort;
    this.words[PROTOCOL_WORD] = (protocol << 24) | ((this.words[PROTOCOL_WORD] as number) & 0xffffff);
  }

  /** The octet of the IP header that was called type of service, and the VLAN's number or 0. */
  setClassOfService(classOfService: number, vlanId: number): void {
    this.words[PROTOCOL_WORD] = ((this.words[PROTOCOL_WORD] as number) & 0xff00f000) | (classOfService << 16) | vlanId;
  }

  setInterfaces(ingress: number, egress: number): void {
    this.words[INGRESS_WORD] = ingress;
    this.words[EGRESS_WORD] = egress;
  }

  /** Addresses, by number, and ports after the Observation Point (elements 225 to 228, 281, 282); all 0 where nothing is translated. */
  setPostNat(source: number, sourcePort: number, destination: number, destinationPort: number): void {
    this.words[POST_NAT_SOURCE_WORD] = source;
    this.words[POST_NAT_DESTINATION_WORD] = destination;
    this.words[POST_NAPT_PORTS_WORD] = (sourcePort << 16) | destinationPort;
    const point = (this.words[POINT_WORD] as number) & ~POST_NAT_IPV6;
    this.words[POINT_WORD] = isIPv6(source) ? point | POST_NAT_IPV6 : point;
  }

  /**
   * `point`, below 4, tells Observation Points of one Metering Process apart; `direction` is element 61; ICMP is type * 256 + code; of
   * `forwardingStatus`, element 89, the status without its reason is kept (RFC 7270 section 4.12).
   */
  setPoint(point: number, direction: number, icmpTypeCode: number, forwardingStatus = 0): void {
    const version = (this.words[POINT_WORD] as number) & POST_NAT_IPV6;
    this.words[POINT_WORD] = (point << 30) | version | ((direction | (forwardingStatus & 0xc0)) << 16) | icmpTypeCode;
  }

  /** The class of service after the Observation Point; to be called after `setPoint`. Routers set its DSCP alone (RFC 2474). */
  setPostClassOfService(classOfService: number): void {
    this.words[POINT_WORD] = ((this.words[POINT_WORD] as number) & 0xc0ffffff) | ((classOfService >>> 2) << 24);
  }

  #setVersion(version: number): void {
    this.words[PROTOCOL_WORD] = ((this.words[PROTOCOL_WORD] as number) & 0xffff0fff) | (version << 12);
  }
}
