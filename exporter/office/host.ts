import type { Connection } from '../../core/net/packet-train.ts';
import type { Random } from '../../core/random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import { RecentMap } from '../../core/time/recent-map.ts';
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
const ANSWER_RECORD_OCTETS = 16;
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
  readonly #address: number;
  /** When each name's address was last learnt. */
  readonly #names = new RecentMap<string, TrueNs>(NAME_LIFETIME_NS);
  #nextPort: number;
  /** How often a port of each application's own range was taken, by the first of the range. */
  readonly #taken = new Map<number, number>();

  constructor(device: number, address: number, random: Random, wire: Wire) {
    this.#device = device;
    this.#address = address;
    this.random = random;
    this.details = random.fork('details');
    this.wire = wire;
    this.#nextPort = random.fork('ports').int(0, PORT_COUNT - 1);
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

  /** Makes the server's name known: a question and its answer unless it is remembered. Returns when it is known. */
  resolve(at: TrueNs, server: Server): TrueNs {
    const { name } = server;
    if (name === '') return at;
    const learnt = this.#names.get(at, name);
    // Whoever asks while the answer is under way waits for it too.
    if (learnt !== undefined && at < learnt + NAME_LIFETIME_NS) return trueNs(Math.max(at, learnt + NS_PER_MS));
    const lookupNs = this.details.chance(UNKNOWN_NAME_PART) ? this.details.exponential(MEAN_LOOKUP_NS) : 0;
    const known = after(at, this.roundTripNs(RESOLVER) + Math.round(Math.min(LONGEST_LOOKUP_NS, lookupNs)));
    this.#names.set(at, name, known);
    const connection = this.#connection(RESOLVER, BACKGROUND, this.allocatePort(), name, server.address);
    const octets = DNS_QUESTION_OCTETS + name.length;
    this.wire.send(connection, 'up', at, 0, 1, octets);
    this.wire.send(connection, 'down', known, 0, 1, octets + ANSWER_RECORD_OCTETS);
    return after(known, NS_PER_MS);
  }

  /** Has the activity go on beside everything else this device does. */
  begin(at: TrueNs, activity: Activity): void {
    this.wire.begin(at, activity);
  }

  #connection(server: Server, activity: number, insidePort: number, serverName: string, dnsAnswer: number): Connection {
    return {
      id: this.wire.nextConnectionId(),
      device: this.#device,
      activity,
      protocol: server.protocol,
      insideAddress: this.#address,
      insidePort,
      serverAddress: server.address,
      serverPort: server.port,
      serverName,
      dnsAnswer,
      calledAddress: 0,
      calledPort: 0,
    };
  }
}
