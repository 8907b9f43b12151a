import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { wordCount, wordDuration, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import { CheckIns, type Rhythm } from './check-ins.ts';
import { isServed, isUnfamiliar } from './contact.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { Evidence } from './evidence.ts';
import type { InsideFlows } from './inside-flows.ts';
import { RecentStates } from './recent-states.ts';
import { ServerUsers } from './server-users.ts';

const minutes = z.number().min(1).max(1_440);
const count = z.int().min(4).max(64);
const part = z.number().min(0).max(1);

export const beaconSchema = z.strictObject({
  minCheckIns: count
    .default(20)
    .describe(
      'Connections from which on their rhythm is believed. RITA looks from 4 on; below 20 people keep a rhythm by chance.',
    ),
  minMinutes: minutes
    .default(10)
    .describe('Minutes between the first and the last of them; what is over sooner is a page that reloads.'),
  maxGapSpread: part
    .default(0.4)
    .describe(
      'Median deviation of the gaps from their median, as a part of it: half of the jitter with Empire, less with Cobalt Strike (Fox-IT 2020), 0.7 for what comes by chance.',
    ),
  maxSizeSpread: part
    .default(0.3)
    .describe('Quartile distance of the octets of a connection, as a part of their median: questions for orders are alike.'),
  minSampledCheckIns: count
    .default(6)
    .describe(
      'Where packets are sampled, most connections are never seen, and the gaps of the others are multiples of the rhythm.',
    ),
  minSampledMinutes: minutes.default(45).describe('The same of the time between the first and the last one.'),
  maxSampledOctets: z
    .number()
    .min(40)
    .max(1e6)
    .default(1_500)
    .describe(
      'Most octets that are seen of a connection on average where packets are sampled: more than a packet shows a transfer.',
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
    .describe('Servers that a device asks in the same rhythm which make a round: a monitoring system, not malware.'),
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
/** Rhythms of one round are alike; where packets are sampled each shows other parts of it. */
const ALIKE_FACTOR = 1.5;
const ALIKE_SAMPLED_FACTOR = 3;

/** What a device does with one port of a server nobody else uses much. */
class Calls {
  readonly checkIns = new CheckIns();
  readonly evidence = new Evidence();
  server = NO_ADDRESS;
  alert: Case | undefined;
}

/** Connections to one server, alike in size, that begin again and again after gaps that are alike. */
class BeaconDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #users: ServerUsers;
  readonly #calls: RecentStates<Calls>;
  /** By device: what it does with some rhythm, the newest last. */
  readonly #regulars: RecentStates<Calls[]>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#users = new ServerUsers(config.maxServers, config.maxUsers);
    this.#calls = new RecentStates(config.maxPairs, () => new Calls());
    this.#regulars = new RecentStates(config.maxPairs, () => []);
  }

  get forgotten(): number {
    return this.#users.forgotten + this.#calls.forgotten + this.#regulars.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const [inside, server, protocol] = [flows.inside[row] as number, flows.server[row] as number, flows.protocol[row]];
      if (inside === NO_ADDRESS || (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) || isServed(flows, row)) continue;
      if (!this.#users.isPopular(server, inside) && isUnfamiliar(flows, row)) this.#note(flows, row, inside, server);
    }
  }

  #note(flows: InsideFlows, row: number, inside: number, server: number): void {
    const calls = this.#calls.of(inside, server, flows.serverPort[row] as number, flows.protocol[row] as number);
    const { checkIns, evidence } = calls;
    const isNew = checkIns.add(flows, row);
    evidence.add(flows, row);
    calls.server = server;
    if (calls.alert !== undefined) return this.#surroundings.book.changed(calls.alert);
    const isSampled = evidence.samplingInterval > 1;
    const needed = isSampled ? this.#config.minSampledCheckIns : this.#config.minCheckIns;
    const regulars = this.#regulars.of(inside);
    if (isNew && checkIns.count >= 2 && !regulars.includes(calls)) {
      if (regulars.push(calls) > MAX_REGULARS) regulars.shift();
    }
    if (!isNew || checkIns.count < needed) return;
    const rhythm = checkIns.rhythm;
    if (!this.#isRegular(rhythm, evidence) || this.#isRound(calls, rhythm, regulars)) return;
    this.#raise(calls, flows, row);
  }

  #isRegular(rhythm: Rhythm, { samplingInterval }: Evidence): boolean {
    const config = this.#config;
    const { spanMs, gapMs } = rhythm;
    if (samplingInterval > 1) {
      // Of a rhythm that is thinned by chance the gaps are as of chance itself. People come in bursts, and stay away for long.
      const isEven = rhythm.lowerGapMs >= 0.15 * gapMs && rhythm.highGapMs <= 8 * gapMs;
      return isEven && spanMs >= config.minSampledMinutes * 60_000 && rhythm.meanOctets <= config.maxSampledOctets;
    }
    const isAlike =
      rhythm.gapDeviationMs <= config.maxGapSpread * gapMs && rhythm.octetsSpread <= config.maxSizeSpread * rhythm.octets;
    return isAlike && spanMs >= config.minMinutes * 60_000;
  }

  /** Whether the device asks other servers in the same rhythm. */
  #isRound(calls: Calls, { spanMs, meanGapMs }: Rhythm, regulars: readonly Calls[]): boolean {
    const isSampled = calls.evidence.samplingInterval > 1;
    const factor = isSampled ? ALIKE_SAMPLED_FACTOR : ALIKE_FACTOR;
    const servers = new Set([calls.server]);
    for (const { server, checkIns } of regulars) {
      const other = checkIns.rhythm;
      // Of a round each server is seen now and then, and no rhythm yet; that they lie next to each other has to do.
      if (isSampled && this.#isNextTo(server, calls.server)) servers.add(server);
      const isAlike = other.meanGapMs <= factor * meanGapMs && meanGapMs <= factor * other.meanGapMs;
      const isAsOften = isSampled || 2 * checkIns.count >= calls.checkIns.count;
      if (isAlike && isAsOften && other.spanMs >= spanMs / 3) servers.add(server);
      // Whoever watches many servers calls often, and each rhythm takes a while to find.
      if (servers.size >= this.#config.minRoundServers) return true;
    }
    return false;
  }

  /** Whether two servers lie in the same IPv4 /24 or IPv6 /120. */
  #isNextTo(one: number, other: number): boolean {
    const { addresses } = this.#surroundings;
    return BigInt(addresses.addressOf(one)) >> 8n === BigInt(addresses.addressOf(other)) >> 8n;
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
