import { isIPv6, UNSPECIFIED_IPV6 } from '../../core/net/address-book.ts';
import { PROTOCOL_ICMP } from '../../core/net/icmp.ts';
import type { IPv6Prefix } from '../../core/net/ipv6-prefix.ts';
import { embedIPv4 } from '../../core/net/nat64-address.ts';
import type { Connection } from '../../core/net/packet-train.ts';
import type { Random } from '../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import { RecentMap } from '../../core/time/recent-map.ts';
import { classOfServiceOf } from './class-of-service.ts';
import type { DhcpClient } from './dhcp/dhcp-client.ts';
import { RESOLVING } from './internet/device-services.ts';
import type { Server } from './internet/server.ts';
import type { Caller } from './transport/session.ts';
import type { Activity, Wire } from './wire.ts';

/** Dynamic ports, RFC 6335 section 6. */
const FIRST_PORT = 49_152;
const PORT_COUNT = 16_384;
/** How long a name stays in the device's cache. */
const NAME_LIFETIME_NS = 300 * NS_PER_S;
/** IPv4 and UDP headers, DNS header and EDNS option, and what a name and its type need beside its letters. */
export const DNS_QUESTION_OCTETS = 28 + 12 + 11 + 2 + 4;
/** A record of type A; one of type AAAA has 12 more (RFC 3596 section 2.2); and a SOA record, which stands where there is none (RFC 2308). */
const A_RECORD_OCTETS = 16;
const AAAA_RECORD_OCTETS = 28;
const NO_DATA_OCTETS = 51;
/** Queues make a way this much longer on average, and seldom more than a few times as much. A guess. */
const QUEUEING_PART = 0.04;
const LONGEST_QUEUEING_PART = 0.3;
/** A host next door needs about this long to answer. */
const REPLY_NS = NS_PER_MS / 4;
/** Of so many names the resolver has no answer at hand and asks others, for about so long. Guesses. */
const UNKNOWN_NAME_PART = 0.15;
const MEAN_LOOKUP_NS = 35 * NS_PER_MS;
const LONGEST_LOOKUP_NS = 400 * NS_PER_MS;

/** The name server everybody asks; nearer than the rest. */
export const [RESOLVER] = RESOLVING.pools.resolver;

/** Truth: traffic that belongs to no activity of the scenario. */
export const BACKGROUND = -1;

/** By what a device is known on the office's network. */
export interface HostAddresses {
  /** The address it has for good, or what gets it one for a time. */
  readonly ipv4: number | DhcpClient;
  /** By number; 0 without. */
  readonly ipv6: number;
  /** For what reaches the internet by IPv6 alone: the prefix that leads to IPv4 servers. */
  readonly nat64Prefix: IPv6Prefix | undefined;
}

/**
 * One device's network stack: it opens connections from ephemeral ports in sequence and remembers names for 5 minutes. A
 * device uses far fewer than 16384 ports in 5 minutes, so none is used again so soon.
 */
export class Host implements Caller {
  readonly wire: Wire;
  /** The device's own stream of chance. */
  readonly random: Random;
  readonly details: Random;
  readonly replyNs = REPLY_NS;
  readonly #device: number;
  readonly #addresses: HostAddresses;
  /** When each name's address was last learnt. */
  readonly #names = new RecentMap<string, TrueNs>(NAME_LIFETIME_NS);
  #nextPort: number;
  /** How often a port of each application's own range was taken, by the first of the range. */
  readonly #taken = new Map<number, number>();

  constructor(device: number, addresses: HostAddresses, random: Random, wire: Wire) {
    this.#device = device;
    this.#addresses = addresses;
    this.random = random;
    this.details = random.fork('details');
    this.wire = wire;
    this.#nextPort = random.fork('ports').int(0, PORT_COUNT - 1);
  }

  /** Whether it reaches the internet by IPv4. */
  get hasIPv4(): boolean {
    return this.#addresses.nat64Prefix === undefined;
  }

  /** The next ephemeral port. */
  allocatePort(): number {
    const port = FIRST_PORT + this.#nextPort;
    this.#nextPort = (this.#nextPort + 1) % PORT_COUNT;
    return port;
  }

  /** An even port and the next above it, as RTP and RTCP have them (RFC 3550 section 11). */
  allocatePortPair(): number {
    let port = this.allocatePort();
    // The range ends with an odd port, so an even one always has a neighbour.
    if ((port & 1) === 1) port = this.allocatePort();
    this.allocatePort();
    return port;
  }

  /** The next port, in turn, of a range an application keeps for itself. */
  portOf(firstPort: number, count: number): number {
    const taken = this.#taken.get(firstPort) ?? 0;
    this.#taken.set(firstPort, taken + 1);
    return firstPort + (taken % count);
  }

  roundTripNs({ roundTripNs }: Server): DurationNs {
    const queueing = Math.min(LONGEST_QUEUEING_PART, this.details.exponential(QUEUEING_PART));
    return Math.round(roundTripNs * (1 + queueing));
  }

  /** A new connection to the server; nothing is sent yet. */
  connect(server: Server, activity: number, insidePort = this.allocatePort()): Connection {
    return this.#connection(server, activity, insidePort, server.name, 0);
  }

  /**
   * Makes the server's name known: questions and their answers unless it is remembered. Who has IPv6 asks for an IPv6 address
   * first, who has both for an IPv4 one right after (RFC 8305 section 3). Returns when it is known.
   */
  resolve(at: TrueNs, server: Server): TrueNs {
    const { name } = server;
    if (name === '') return at;
    const learnt = this.#names.get(at, name);
    // Whoever asks while the answer is under way waits for it too.
    if (learnt !== undefined && at < learnt + NAME_LIFETIME_NS) return trueNs(Math.max(at, learnt + NS_PER_MS));
    const lookupNs = this.details.chance(UNKNOWN_NAME_PART) ? this.details.exponential(MEAN_LOOKUP_NS) : 0;
    const known = after(at, this.roundTripNs(RESOLVER) + Math.round(Math.min(LONGEST_LOOKUP_NS, lookupNs)));
    this.#names.set(at, name, known);
    const { ipv6, nat64Prefix } = this.#addresses;
    if (ipv6 !== 0) this.#ask(at, known, name, this.#ipv6Of(server) || UNSPECIFIED_IPV6);
    if (nat64Prefix === undefined) this.#ask(at, known, name, server.address);
    return after(known, NS_PER_MS);
  }

  #ask(at: TrueNs, answered: TrueNs, name: string, answer: number): void {
    const connection = this.#connection(RESOLVER, BACKGROUND, this.allocatePort(), name, answer);
    const octets = DNS_QUESTION_OCTETS + name.length;
    const answerOctets = answer === UNSPECIFIED_IPV6 ? NO_DATA_OCTETS : isIPv6(answer) ? AAAA_RECORD_OCTETS : A_RECORD_OCTETS;
    this.wire.send(connection, 'up', at, 0, 1, octets);
    this.wire.send(connection, 'down', answered, 0, 1, octets + answerOctets);
  }

  /** The server's IPv6 address as DNS tells it here: its own, or one that DNS64 has made (RFC 6147 section 5.1); 0 when there is none. */
  #ipv6Of({ address, ipv6Address }: Server): number {
    const { nat64Prefix } = this.#addresses;
    return ipv6Address === 0 && nat64Prefix !== undefined ? embedIPv4(nat64Prefix, address) : ipv6Address;
  }

  /** Has the activity go on beside everything else this device does. */
  begin(at: TrueNs, activity: Activity): void {
    const { ipv4 } = this.#addresses;
    this.wire.begin(at, typeof ipv4 === 'number' ? activity : ipv4.during(at, activity));
  }

  /** By IPv6 where both ends have it (RFC 6724 section 2.1); ICMP is that of IPv4. */
  #connection(server: Server, activity: number, insidePort: number, serverName: string, dnsAnswer: number): Connection {
    const { ipv4, ipv6 } = this.#addresses;
    const ipv4Address = typeof ipv4 === 'number' ? ipv4 : ipv4.address;
    const ipv6Server = ipv6 === 0 || server.protocol === PROTOCOL_ICMP ? 0 : this.#ipv6Of(server);
    return {
      id: this.wire.nextConnectionId(),
      device: this.#device,
      activity,
      protocol: server.protocol,
      insideAddress: ipv6Server === 0 ? ipv4Address : ipv6,
      insidePort,
      serverAddress: ipv6Server === 0 ? server.address : ipv6Server,
      serverPort: server.port,
      serverName,
      dnsAnswer,
      calledAddress: 0,
      calledPort: 0,
      classOfService: classOfServiceOf(server.protocol, server.port, serverName),
    };
  }
}
