import type { Random } from '../../core/random/random.ts';
import { NS_PER_S } from '../../core/time/instant.ts';
import { lastInstant } from './count.ts';
import { NOBODY, type Ledger } from './ledger.ts';

/** A public endpoint at an instant, and who really had it. */
export interface HeldEndpoint {
  readonly publicAddress: number;
  readonly publicPort: number;
  readonly protocol: number;
  /** True time in nanoseconds since the epoch. */
  readonly atNs: number;
  /** Inside addresses: more than one when a NAT uses a port for several hosts at once (RFC 7857 section 3). */
  readonly holders: ReadonlySet<number>;
}

/** How long after a last packet is still asked about: no NAT forgets a mapping sooner (RFC 4787 section 4.3, RFC 5508 section 3.2). */
const AFTERWARDS_NS = 5 * NS_PER_S;

/**
 * Draws `count` instants at which a public endpoint was somebody's: while one of the ledger's trains passed, each as likely as
 * another, or shortly after its last packet.
 *
 * Whose it was: a mapping belongs to one inside endpoint from its first packet until it expires, some time after its last
 * (RFC 4787 section 4.3), and only then can the public endpoint be another's. So the holder at an instant is whoever the
 * latest packet through it, at or before that instant, went from or to, and whoever has a train that is passing. What was
 * dropped went to nobody and tells nothing of who had it: a mapping may be there, and its filter (RFC 4787 section 5).
 */
export function drawHeldEndpoints(ledger: Ledger, count: number, random: Random): HeldEndpoint[] {
  const through = trainsThrough(ledger);
  if (through.length === 0) return [];
  const { connections, trains } = ledger;
  const drawn = Array.from({ length: count }, () => {
    const train = through[random.int(0, through.length - 1)] as number;
    const until = Math.min(lastInstant(ledger, train) + AFTERWARDS_NS, ledger.endNs);
    return {
      publicAddress: trains.publicAddress.at(train),
      publicPort: trains.publicPort.at(train),
      protocol: connections.protocol.at(trains.connection.at(train)),
      atNs: Math.floor(random.uniform(trains.startNs.at(train), until)),
    };
  });
  const trainsOf = trainsByEndpoint(ledger, through, new Set(drawn.map(keyOf)));
  return drawn.map((endpoint) => ({
    ...endpoint,
    holders: holdersAt(ledger, trainsOf.get(keyOf(endpoint)) ?? [], endpoint.atNs),
  }));
}

type Endpoint = Pick<HeldEndpoint, 'publicAddress' | 'publicPort' | 'protocol'>;

/** Address, port and protocol have 56 bits together, three more than a safe integer. */
const keyOf = ({ publicAddress, publicPort, protocol }: Endpoint): string => `${publicAddress} ${publicPort} ${protocol}`;

/** The trains that somebody inside sent or got. */
function trainsThrough(ledger: Ledger): Uint32Array {
  const { connections, trains } = ledger;
  const through = new Uint32Array(ledger.length);
  let length = 0;
  for (let train = 0; train < ledger.length; train++) {
    if (connections.device.at(trains.connection.at(train)) !== NOBODY) through[length++] = train;
  }
  return through.subarray(0, length);
}

function trainsByEndpoint(ledger: Ledger, through: Uint32Array, keys: ReadonlySet<string>): Map<string, number[]> {
  const { connections, trains } = ledger;
  // Most trains are of other endpoints; a port is looked up faster than a text is made.
  const ports = new Set([...keys].map((key) => Number(key.split(' ')[1])));
  const found = new Map<string, number[]>();
  for (const train of through) {
    const publicPort = trains.publicPort.at(train);
    if (!ports.has(publicPort)) continue;
    const protocol = connections.protocol.at(trains.connection.at(train));
    const key = keyOf({ publicAddress: trains.publicAddress.at(train), publicPort, protocol });
    if (!keys.has(key)) continue;
    const same = found.get(key);
    if (same === undefined) found.set(key, [train]);
    else same.push(train);
  }
  return found;
}

function holdersAt(ledger: Ledger, endpointTrains: readonly number[], atNs: number): Set<number> {
  const { connections, trains } = ledger;
  const passing = new Set<number>();
  let latest = { instant: -1, holder: -1 };
  for (const train of endpointTrains) {
    const start = trains.startNs.at(train);
    if (start > atNs) continue;
    const holder = connections.insideAddress.at(trains.connection.at(train));
    if (lastInstant(ledger, train) >= atNs) passing.add(holder);
    const interval = trains.intervalNs.at(train);
    const passed = interval === 0 ? 0 : Math.min(trains.packets.at(train) - 1, Math.floor((atNs - start) / interval));
    const instant = start + passed * interval;
    if (instant >= latest.instant) latest = { instant, holder };
  }
  return passing.add(latest.holder);
}

/** How many of the answers were right. */
export interface AnswerTally {
  /** The holder was named. */
  readonly right: number;
  /** Somebody else was named. */
  readonly wrong: number;
  /** Nobody was named. */
  readonly unanswered: number;
}

/** Compares who was named for each endpoint, `undefined` for nobody, with who had it. */
export function tallyAnswers(endpoints: readonly HeldEndpoint[], named: readonly (number | undefined)[]): AnswerTally {
  let [right, wrong] = [0, 0];
  endpoints.forEach(({ holders }, index) => {
    const address = named[index];
    if (address === undefined) return;
    if (holders.has(address)) right++;
    else wrong++;
  });
  return { right, wrong, unanswered: endpoints.length - right - wrong };
}
