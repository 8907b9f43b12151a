import { z } from 'zod';
import { exactNumber, formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { wordCount, wordDuration, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import { CheckIns } from './check-ins.ts';
import { isServed, isUnfamiliar } from './contact.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { Evidence } from './evidence.ts';
import type { InsideFlows } from './inside-flows.ts';
import { RecentStates } from './recent-states.ts';
import type { Rhythm } from './rhythm.ts';
import { ServerUsers } from './server-users.ts';

const minutes = z.number().min(1).max(1_440);
const MS_PER_MINUTE = 60_000;
const count = z.int().min(4).max(64);
const part = z.number().min(0).max(1);

export const beaconSchema = z.strictObject({
  minCheckIns: count.default(8).describe('Connections from which on their rhythm is believed at all (RITA looks from 4 on).'),
  minMinutes: minutes
    .default(20)
    .describe('Minutes between the first and the last of them; what is over sooner is a page that reloads.'),
  maxChance: z
    .number()
    .min(1e-15)
    .max(0.1)
    .default(1e-8)
    .describe(
      'Chance that gaps are so alike by accident, of visits that do not know of each other: 9 connections without jitter, 20 with one of half of the sleep.',
    ),
  maxSizeSpread: part
    .default(0.3)
    .describe('Quartile distance of the octets of a connection, as a part of their median: questions for orders are alike.'),
  minSampledCheckIns: count
    .default(4)
    .describe(
      'Where packets are sampled, most connections are never seen, and the gaps of the others are multiples of the rhythm: so many that are small and far between are enough, since pages are neither.',
    ),
  minSampledMinutes: minutes.default(45).describe('The same of the time between the first and the last one.'),
  maxSampledOctets: z
    .number()
    .min(40)
    .max(1e6)
    .default(400)
    .describe(
      'Most octets of a packet on average where packets are sampled: of a transfer the full ones are seen first (1,500), of questions for orders 100 to 250.',
    ),
  maxUsers: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('Devices that use the same server; a server of more is what the office works with (RITA: prevalence).'),
  minRoundServers: z
    .int()
    .min(2)
    .max(64)
    .default(3)
    .describe(
      'Servers of one network (IPv4 /24, IPv6 /120), ports of them, or networks in the same rhythm that a device asks which make a round: a monitoring system, not malware.',
    ),
  maxServers: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(65_536)
    .describe('Servers whose users are remembered; beyond it those not used for longest are forgotten (forgottenKeys).'),
  maxPairs: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(32_768)
    .describe(
      'Pairs of a device and a server whose rhythm is remembered, 2 kB each; beyond it the oldest are forgotten (forgottenKeys).',
    ),
});

type Config = z.output<typeof beaconSchema>;

/** Rhythms of a device that are compared with one another. */
const MAX_REGULARS = 64;
/** Connections from which on a rhythm is compared. */
const MIN_REGULAR = 4;
/** Rhythms of one round are the same; where packets are sampled each shows other parts of it. */
const ALIKE_FACTOR = 1.05;
const ALIKE_SAMPLED_FACTOR = 3;
/** A rhythm that is kept for long is looked at anew when so many parts of its connections have come since. */
const LOOK_PARTS = 16;

/** What a device asks in one network. */
class Round {
  readonly servers = new Set<number>();
  readonly ports = new Set<number>();

  isLarge(least: number): boolean {
    return this.servers.size >= least || this.ports.size >= least;
  }
}

/** What a device does with one port of a server nobody else uses much. */
class Calls {
  readonly checkIns = new CheckIns();
  readonly evidence = new Evidence();
  server = NO_ADDRESS;
  /** Number of the network's own address, which is one as any; and what else of it the device asks. */
  network = NO_ADDRESS;
  round = new Round();
  /** So many check-ins are to come before it is looked at. */
  lookAt = 0;
  alert: Case | undefined;
}

/** Connections to one server, alike in size, that begin again and again after gaps that are alike. */
class BeaconDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #users: ServerUsers;
  readonly #calls: RecentStates<Calls>;
  /** By device: what it does again and again, the newest last. */
  readonly #regulars: RecentStates<Calls[]>;
  /** By device and network. */
  readonly #rounds: RecentStates<Round>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#users = new ServerUsers(config.maxServers, config.maxUsers);
    this.#calls = new RecentStates(config.maxPairs, () => new Calls());
    this.#regulars = new RecentStates(config.maxPairs, () => []);
    this.#rounds = new RecentStates(config.maxPairs, () => new Round());
  }

  get forgotten(): number {
    return this.#users.forgotten + this.#calls.forgotten + this.#regulars.forgotten + this.#rounds.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const [inside, server, protocol] = [flows.inside[row] as number, flows.server[row] as number, flows.protocol[row]];
      if (inside === NO_ADDRESS || (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) || isServed(flows, row)) continue;
      if (!this.#users.isPopular(server, inside) && isUnfamiliar(flows, row)) this.#note(flows, row, inside, server);
    }
  }

  #note(flows: InsideFlows, row: number, inside: number, server: number): void {
    const port = flows.serverPort[row] as number;
    const calls = this.#calls.of(inside, server, port, flows.protocol[row] as number);
    const { checkIns, evidence } = calls;
    const isNew = checkIns.add(flows, row);
    evidence.add(flows, row);
    if (calls.server === NO_ADDRESS) this.#begin(calls, inside, server);
    if (calls.alert !== undefined) return this.#surroundings.book.changed(calls.alert);
    if (!isNew) return;
    const { round } = calls;
    const isSampled = evidence.samplingInterval > 1;
    const needed = isSampled ? this.#config.minSampledCheckIns : this.#config.minCheckIns;
    const regulars = this.#regulars.of(inside);
    if (checkIns.count === 2) this.#join(round, server, port);
    if (checkIns.count === MIN_REGULAR && regulars.push(calls) > MAX_REGULARS) regulars.shift();
    if (checkIns.count < Math.max(needed, calls.lookAt) || round.isLarge(this.#config.minRoundServers)) return;
    calls.lookAt = checkIns.count + Math.ceil(checkIns.count / LOOK_PARTS) - 1;
    if (this.#isRegular(calls) && !this.#isAmongAlike(calls, regulars)) this.#raise(calls, flows, row);
  }

  #begin(calls: Calls, inside: number, server: number): void {
    const { addresses } = this.#surroundings;
    calls.server = server;
    calls.network = addresses.numberOfStored(exactNumber((BigInt(addresses.addressOf(server)) >> 8n) << 8n));
    calls.round = this.#rounds.of(inside, calls.network);
  }

  #join({ servers, ports }: Round, server: number, port: number): void {
    const least = this.#config.minRoundServers;
    if (servers.size < least) servers.add(server);
    if (ports.size < least) ports.add(port);
  }

  #isRegular({ checkIns: { rhythm }, evidence }: Calls): boolean {
    const { minMinutes, minSampledMinutes, maxChance, maxSizeSpread, maxSampledOctets } = this.#config;
    const { samplingInterval, octets, packets, firstSeenMs, lastSeenMs } = evidence;
    const lastsMs = lastSeenMs - firstSeenMs;
    if (samplingInterval > 1)
      return isEven(rhythm) && lastsMs >= minSampledMinutes * MS_PER_MINUTE && octets <= packets * maxSampledOctets;
    const isAlike = rhythm.logChance <= Math.log(maxChance) && rhythm.octetsSpread <= maxSizeSpread * rhythm.octets;
    return isAlike && lastsMs >= minMinutes * MS_PER_MINUTE;
  }

  /** Whether the device asks servers elsewhere in the same rhythm. */
  #isAmongAlike({ network: own, checkIns, evidence }: Calls, regulars: readonly Calls[]): boolean {
    const isSampled = evidence.samplingInterval > 1;
    const factor = isSampled ? ALIKE_SAMPLED_FACTOR : ALIKE_FACTOR;
    // Those of a round are found one after the other: the first need not be sure of the others.
    const logChance = Math.log(this.#config.maxChance) / 2;
    const { meanGapMs, spanMs } = checkIns.rhythm;
    const networks = new Set([own]);
    for (const { network, checkIns: others } of regulars) {
      if (networks.has(network)) continue;
      const other = others.rhythm;
      if (isSampled ? !isEven(other) : other.logChance > logChance) continue;
      const isAlike = other.meanGapMs <= factor * meanGapMs && meanGapMs <= factor * other.meanGapMs;
      if (isAlike && other.spanMs >= spanMs / 3) networks.add(network);
      if (networks.size >= this.#config.minRoundServers) return true;
    }
    return false;
  }

  #raise(calls: Calls, flows: InsideFlows, row: number): void {
    const { book, addresses } = this.#surroundings;
    const [inside, server] = [addresses.addressOf(flows.inside[row] as number), addresses.addressOf(calls.server)];
    const port = flows.serverPort[row] as number;
    calls.alert = book.raise('beacon', flows.receivedAtUs[row] as number, () => this.#tell(calls, inside, server, port));
  }

  #tell({ checkIns, evidence }: Calls, inside: StoredAddress, server: StoredAddress, port: number): Telling {
    const { office } = this.#surroundings;
    const who = office.who(inside, evidence.firstSeenMs);
    const { gapMs, gapDeviationMs, octets } = checkIns.rhythm;
    const isSampled = evidence.samplingInterval > 1;
    const rhythm = isSampled
      ? 'evenly over the time, though most of them were not sampled'
      : `each ${wordDuration(gapMs / 1_000)}, half of them within ${wordDuration(gapDeviationMs / 1_000)} of that`;
    return {
      who,
      address: formatStored(inside),
      target: formatStored(server),
      sentence: `${who} calls ${office.named(server)} again and again, as a program that waits for orders does`,
      evidence: [
        `${wordCount(checkIns.count, 'connection')} to port ${port}, ${rhythm}`,
        `about ${wordOctets(octets)} each, both ways${isSampled ? ', of what was sampled' : ''}`,
        'hardly anybody else in the office speaks to that server',
        evidence.sentence,
      ],
      confidence: isSampled ? 0.8 : 0.95,
      ...evidence.seen,
    };
  }
}

/** Of a rhythm that is thinned by chance the gaps are as of chance itself. People come in bursts, and stay away for long. */
const isEven = ({ lowerGapMs, gapMs, highGapMs }: Rhythm): boolean => lowerGapMs >= 0.15 * gapMs && highGapMs <= 8 * gapMs;

export const beacon: DetectorKind<Config> = {
  kind: 'beacon',
  advice: {
    innocent: [
      'a program that looks for news or updates, as feed readers, licence services and weather displays do',
      'a device that reports to its maker',
      'a monitoring system that watches a single service',
    ],
    next: [
      'find out which program on the device opens these connections',
      'look up who owns the address and the name, and since when there is such a name',
      'see what the device did just before the first one, and whether it sent much to anywhere afterwards',
    ],
  },
  create: (surroundings, config) => new BeaconDetector(surroundings, config),
};
