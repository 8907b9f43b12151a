import { z } from 'zod';
import { PROTOCOL_TCP } from '../../core/net/packet-train.ts';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount, wordNumber } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { isAsking } from './probe.ts';
import { Suspicion, Suspicions } from './suspicion.ts';

export const synFloodSchema = z.strictObject({
  minSources: z
    .int()
    .min(2)
    .max(65_535)
    .default(100)
    .describe(
      'Different senders of SYNs to one port within two minutes that never acknowledge: invented addresses (RFC 4987 section 2).',
    ),
  minSampledSources: z
    .int()
    .min(2)
    .max(65_535)
    .default(12)
    .describe('The same where packets are sampled, of senders that were seen: at 1 in 100, of 2,000 SYNs 20 are.'),
  minSyns: z
    .int()
    .min(2)
    .max(1e9)
    .default(1_000)
    .describe(
      'SYNs within the two minutes, scaled up where packets are sampled: 8 a second, more than visitors of an office send.',
    ),
  quietMinutes: z.number().min(1).max(10_080).default(15).describe('Minutes without such SYNs after which it is another flood.'),
  maxTargets: z
    .int()
    .min(16)
    .max(65_536)
    .default(1_024)
    .describe('Ports of the office that are watched; beyond it those asked longest ago are forgotten (forgottenKeys).'),
});

type Config = z.output<typeof synFloodSchema>;

const MINUTE_MS = 60_000;
/** Minutes remembered: rows come as late as the Metering Process closes flows. */
const MINUTES_KEPT = 8;
/** Senders counted in a minute. */
const MAX_SOURCES = 8_192;

interface Minute {
  syns: number;
  readonly sources: Set<number>;
}

class Flood extends Suspicion {
  readonly minutes = new Map<number, Minute>();
  /** SYNs, scaled up, and senders in the worst two minutes. */
  mostSyns = 0;
  mostSources = 0;
}

/** SYNs from very many senders to one port, none of whom acknowledges anything. */
class SynFloodDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #floods: Suspicions<Flood>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#floods = new Suspicions(config.maxTargets, config.quietMinutes, () => new Flood());
  }

  get forgotten(): number {
    return this.#floods.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const isSyn =
        flows.isUp[row] === 0 && flows.protocol[row] === PROTOCOL_TCP && isAsking(flows.tcpControlBits[row] as number);
      if (isSyn) this.#note(flows, row);
    }
  }

  #note(flows: InsideFlows, row: number): void {
    const isForNobody = flows.called[row] !== NO_ADDRESS;
    const called = (isForNobody ? flows.called : flows.inside)[row] as number;
    const port = flows.insidePort[row] as number;
    const flood = this.#floods.at(flows.startMs[row] as number, called, port);
    flood.evidence.add(flows, row);
    this.#count(flood, flows, row);
    const { book, addresses } = this.#surroundings;
    if (flood.alert !== undefined) book.changed(flood.alert);
    else if (this.#isFlood(flood)) {
      const address = addresses.addressOf(called);
      flood.alert = book.raise('syn-flood', flows.receivedAtUs[row] as number, () => this.#tell(flood, address, port));
    }
  }

  #count(flood: Flood, flows: InsideFlows, row: number): void {
    const number = Math.floor((flows.startMs[row] as number) / MINUTE_MS);
    const minute = flood.minutes.get(number) ?? { syns: 0, sources: new Set() };
    flood.minutes.set(number, minute);
    if (flood.minutes.size > MINUTES_KEPT) flood.minutes.delete(farthestFrom(number, flood.minutes.keys()));
    minute.syns += (flows.packets[row] as number) * (flows.samplingInterval[row] as number);
    if (minute.sources.size < MAX_SOURCES) minute.sources.add(flows.server[row] as number);
    for (const before of [number - 1, number]) {
      const [first, second] = [flood.minutes.get(before), flood.minutes.get(before + 1)];
      const sources = (first?.sources.size ?? 0) + (second?.sources.size ?? 0);
      const syns = (first?.syns ?? 0) + (second?.syns ?? 0);
      if (sources < this.#minSources(flood) || syns < flood.mostSyns) continue;
      flood.mostSyns = syns;
      flood.mostSources = sources;
    }
  }

  #minSources({ evidence }: Flood): number {
    return evidence.samplingInterval > 1 ? this.#config.minSampledSources : this.#config.minSources;
  }

  #isFlood(flood: Flood): boolean {
    return flood.mostSources >= this.#minSources(flood) && flood.mostSyns >= this.#config.minSyns;
  }

  #tell({ evidence, mostSyns, mostSources }: Flood, called: StoredAddress, port: number): Telling {
    const address = formatStored(called);
    const who = this.#surroundings.office.who(called, evidence.firstSeenMs);
    return {
      who,
      address,
      target: `${address}:${port}`,
      sentence: `${who} was flooded with SYNs to port ${port}`,
      evidence: [
        `${wordNumber(Math.round(mostSyns))} SYNs from ${wordCount(mostSources, 'address', 'addresses')} within two minutes, none acknowledged`,
        evidence.sentence,
      ],
      confidence: 0.95,
      ...evidence.seen,
    };
  }
}

/** The oldest, as a rule; of a clock that was set back, one of those before. */
const farthestFrom = (number: number, minutes: Iterable<number>): number =>
  [...minutes].reduce((one, other) => (Math.abs(other - number) > Math.abs(one - number) ? other : one));

export const synFlood: DetectorKind<Config> = {
  kind: 'syn-flood',
  advice: {
    innocent: [
      'a service that went away while many wanted it',
      'the answer way of an asymmetric path, of which the router sees one half',
    ],
    next: [
      'see whether the service answers, and turn SYN cookies on where it does not (RFC 4987 section 3.6)',
      'ask the access provider to filter: the addresses are invented, blocking them is of no use',
      'look whether something else was attacked meanwhile',
    ],
  },
  create: (surroundings, config) => new SynFloodDetector(surroundings, config),
};
