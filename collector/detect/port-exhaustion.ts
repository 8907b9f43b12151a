import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { wordCount, wordTime } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { ConnectionCounts } from './connection-counts.ts';
import type { InsideFlows } from './inside-flows.ts';
import { RecentStates } from './recent-states.ts';

/** RFC 8158 section 4.3: addresses exhausted, ports exhausted, quota exceeded. */
const LACKS: ReadonlyMap<number, string> = new Map([
  [3, 'no public address was left'],
  [12, 'no public port was left'],
  [13, 'a limit of mappings or sessions was reached'],
]);
/** In place of the kind, of what the whole pool lacks. */
const POOL = 0;
export const LACK_KINDS: readonly number[] = [...LACKS.keys()];

export const portExhaustionSchema = z.strictObject({
  quietMinutes: z
    .number()
    .min(1)
    .max(10_080)
    .default(60)
    .describe(
      'Minutes without such an event after which it is another lack: what takes the ports goes on while sessions expire and some are free again.',
    ),
  maxSubjects: z
    .int()
    .min(1)
    .max(65_536)
    .default(1_024)
    .describe('Public addresses and inside hosts whose lack is remembered; beyond it the oldest are forgotten (forgottenKeys).'),
});

type Config = z.output<typeof portExhaustionSchema>;

/** So long after the last event all records of flows of its time have come; the longest usual active timeout is half of it. */
const SETTLED_MS = 60 * 60_000;

type Busiest = ReturnType<ConnectionCounts['busiest']>;

/** A stretch in which somebody got no public port. */
class Lack {
  events = 0;
  firstMs = Infinity;
  lastMs = -Infinity;
  /** Who sent the most meanwhile, once that is settled. */
  busiest: Busiest | undefined;
  alert: Case | undefined;
}

/** The router had no public port for somebody, by its own word; and who opened the most connections meanwhile, by the flows. */
class PortExhaustionDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #lacks: RecentStates<Lack>;
  readonly #connections = new ConnectionCounts();
  /** Those of which it is not settled yet who sent the most: connections are not counted for ever. */
  readonly #open = new Set<Lack>();
  /** Until then, by the router's clock, none of them is. */
  #openUntilMs = Infinity;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#lacks = new RecentStates(config.maxSubjects, () => new Lack());
  }

  get forgotten(): number {
    return this.#lacks.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const inside = flows.inside[row] as number;
      if (inside === NO_ADDRESS || flows.isUp[row] === 0) continue;
      const startMs = flows.startMs[row] as number;
      this.#connections.add(inside, startMs);
      if (startMs > this.#openUntilMs) this.#settleBefore(startMs);
    }
  }

  #settleBefore(atMs: number): void {
    this.#openUntilMs = Infinity;
    for (const lack of this.#open) {
      const untilMs = lack.lastMs + SETTLED_MS;
      if (atMs <= untilMs) {
        this.#openUntilMs = Math.min(this.#openUntilMs, untilMs);
        continue;
      }
      lack.busiest = this.#busiest(lack);
      this.#open.delete(lack);
    }
  }

  #busiest({ busiest, firstMs, lastMs }: Lack): Busiest {
    return busiest ?? this.#connections.busiest(firstMs, lastMs, 3);
  }

  handleNatEvents(events: NatEventBatch, rows: readonly number[]): void {
    for (const row of rows) {
      const what = LACKS.get(events.kind[row] as number);
      if (what !== undefined) this.#note(events, row, what);
    }
  }

  #note(events: NatEventBatch, row: number, what: string): void {
    const { addresses, book, exporter } = this.#surroundings;
    const { subject, isHost } = this.#subjectOf(events, row);
    const atMs = events.observationTimeMs[row] as number;
    const kind = events.kind[row] as number;
    // A pool that runs out tells of addresses and of ports, and of each address: that is one lack.
    const [key, sort] = isHost ? [subject, kind] : [addresses.numberOfStored(exporter.address), POOL];
    let lack = this.#lacks.of(key, sort);
    if (lack.events > 0 && atMs - lack.lastMs > this.#config.quietMinutes * 60_000) lack = this.#lacks.renew(key, sort);
    lack.events++;
    lack.firstMs = Math.min(lack.firstMs, atMs);
    lack.lastMs = Math.max(lack.lastMs, atMs);
    lack.busiest = undefined;
    if (this.#open.size < this.#config.maxSubjects) this.#open.add(lack);
    this.#openUntilMs = Math.min(this.#openUntilMs, lack.lastMs + SETTLED_MS);
    if (lack.alert !== undefined) return book.changed(lack.alert);
    const address = addresses.addressOf(subject);
    lack.alert = book.raise('port-exhaustion', events.receivedAtUs[row] as number, () => this.#tell(lack, address, what));
  }

  /** The inside host that the event names, else the public address, else the router. */
  #subjectOf(events: NatEventBatch, row: number): { readonly subject: number; readonly isHost: boolean } {
    const { addresses, exporter } = this.#surroundings;
    const at = 4 * row;
    const [first, second, third, fourth] = events.insideIPv6.subarray(at, at + 4);
    const inside = addresses.numberOf(
      first ?? 0,
      second ?? 0,
      third ?? 0,
      (fourth ?? 0) || (events.insideAddress[row] as number),
    );
    if (inside !== NO_ADDRESS) return { subject: inside, isHost: true };
    const subject = addresses.numberOfStored((events.publicAddress[row] as number) || exporter.address);
    return { subject, isHost: false };
  }

  #tell(lack: Lack, subject: StoredAddress, what: string): Telling {
    const { events, firstMs, lastMs } = lack;
    const { office, addresses } = this.#surroundings;
    const who = office.who(subject, firstMs);
    const words = this.#busiest(lack).map(
      ([host, flows]) => `${office.who(addresses.addressOf(host), firstMs)} (${wordCount(flows, 'flow')})`,
    );
    return {
      who,
      address: formatStored(subject),
      target: '',
      sentence: `${what} for ${who}: connections could not be opened`,
      evidence: [
        `${wordCount(events, 'NAT event')} from ${wordTime(firstMs)} to ${wordTime(lastMs)}; the router tells the same at intervals only`,
        ...(words.length === 0 ? [] : [`most was sent meanwhile by ${words.join(', ')}`]),
      ],
      confidence: 0.99,
      firstSeenMs: firstMs,
      lastSeenMs: lastMs,
      flowIds: [],
    };
  }
}

export const portExhaustion: DetectorKind<Config> = {
  kind: 'port-exhaustion',
  advice: {
    innocent: ['more people than the public address has ports for', 'timeouts of the NAT that keep idle mappings for too long'],
    next: [
      'look at whoever sent the most meanwhile: a scan, a flood or file sharing takes thousands of ports',
      'give each host a quota of ports, or the NAT another public address (RFC 6888 REQ-4)',
    ],
  },
  create: (surroundings, config) => new PortExhaustionDetector(surroundings, config),
};
