import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { wordNumber, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import { applicationAt, isServed } from './contact.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { Evidence } from './evidence.ts';
import type { InsideFlows } from './inside-flows.ts';
import { OfficeRhythm } from './office-rhythm.ts';
import { RecentStates } from './recent-states.ts';
import { ServerUsers } from './server-users.ts';

export const exfiltrationSchema = z.strictObject({
  minMegabytes: z.number().min(0.1).max(1e6).default(25).describe('Megabytes sent to one server within `maxHours` (RITA: 25).'),
  minRatio: z
    .number()
    .min(1)
    .max(1e6)
    .default(10)
    .describe('Octets up for each one down, both as counted: pages and calls stay below 5, backups are at 50.'),
  maxHours: z
    .number()
    .min(0.1)
    .max(720)
    .default(24)
    .describe(
      'Hours over which uploads to a server are added up. What was begun on an earlier day is a habit, and no longer told.',
    ),
  maxUsers: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Devices that use the same server; one of more is a service of the office.'),
  known: z
    .array(z.string().min(1).max(50))
    .max(100)
    .default([
      'backup',
      'cloud',
      'devices',
      'mail',
      'meetings',
      'telephony',
      'streaming',
      'downloads',
      'updates',
      'work',
      'chat',
      'file sharing',
      'infrastructure',
    ])
    .describe('Categories of applications to which much may be sent; not the web, remote work and what nothing is known of.'),
  minNames: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(20)
    .describe(
      'Servers with a name of DNS from which on one without a name is conspicuous. Until then, and where no names are exported, only uploads while the office rests are told.',
    ),
  restPart: z
    .number()
    .min(0)
    .max(1)
    .default(0.34)
    .describe('Part of the most devices at work in two days; where no more are, the office rests.'),
  minDevices: z.int().min(1).max(4_096).default(8).describe('Devices at work by which an office is known to have hours at all.'),
  maxServers: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(65_536)
    .describe(
      'Servers, and pairs of a device and a server, that are remembered; beyond it the oldest are forgotten (forgottenKeys).',
    ),
});

type Config = z.output<typeof exfiltrationSchema>;

const MS_PER_HOUR = 3_600_000;
/** Large uploads of which it cannot be said yet whether they are conspicuous. */
const MAX_WAITING = 1_024;
/** A record of one direction may come before that of the other, so nothing is said before a few. */
const MIN_UP_RECORDS = 3;

/** What a device exchanged with a server. */
class Exchange {
  evidence = new Evidence();
  upOctets = 0;
  downOctets = 0;
  upRecords = 0;
  /** When it began, at first and of what is added up. */
  firstMs = Infinity;
  sinceMs = -Infinity;
  isKnown: boolean | undefined;
  inside: StoredAddress = 0;
  server: StoredAddress = 0;
  alert: Case | undefined;

  /** Begins to add up anew. */
  restart(atMs: number): void {
    this.sinceMs = atMs;
    this.upOctets = 0;
    this.downOctets = 0;
    this.upRecords = 0;
    if (this.alert === undefined) this.evidence = new Evidence();
  }
}

/** A large upload to a server that nobody else uses, is of no known service, and has no name, or that happens while the office rests. */
class ExfiltrationDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #known: ReadonlySet<string>;
  readonly #users: ServerUsers;
  readonly #exchanges: RecentStates<Exchange>;
  readonly #rhythm: OfficeRhythm;
  /** Servers that DNS was asked for. */
  #namedServers = 0;
  /** Large uploads to servers without a name, from before it was known whether servers have names, or when the office is at work. */
  readonly #waiting = new Set<Exchange>();

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#known = new Set(config.known);
    this.#users = new ServerUsers(config.maxServers, config.maxUsers);
    this.#exchanges = new RecentStates(config.maxServers, () => new Exchange());
    this.#rhythm = new OfficeRhythm(config.restPart, config.minDevices);
  }

  get forgotten(): number {
    return this.#users.forgotten + this.#exchanges.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const [inside, server, protocol] = [flows.inside[row] as number, flows.server[row] as number, flows.protocol[row]];
      if (inside === NO_ADDRESS || (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP)) continue;
      const isWork = protocol === PROTOCOL_TCP && flows.isUp[row] === 1;
      if (isWork && this.#rhythm.note(flows.startMs[row] as number, inside)) this.#judgeWaiting(flows, row);
      if (!isServed(flows, row) && !this.#users.isPopular(server, inside)) this.#note(flows, row, inside, server);
    }
  }

  #note(flows: InsideFlows, row: number, inside: number, server: number): void {
    const exchange = this.#exchanges.of(inside, server);
    if (exchange.isKnown === undefined) this.#begin(exchange, flows, row, inside, server);
    if (exchange.isKnown === true) return;
    this.#add(exchange, flows, row);
    if (exchange.alert !== undefined) return this.#surroundings.book.changed(exchange.alert);
    // By now it may have become known what it is for.
    if (!this.#isLarge(exchange) || this.#known.has(applicationAt(flows, row).category)) return;
    if (this.#judge(exchange, flows.receivedAtUs[row] as number) || !this.#mayBeTold(exchange)) return;
    if (this.#waiting.size < MAX_WAITING) this.#waiting.add(exchange);
  }

  #begin(exchange: Exchange, flows: InsideFlows, row: number, inside: number, server: number): void {
    const { addresses, office } = this.#surroundings;
    exchange.inside = addresses.addressOf(inside);
    exchange.server = addresses.addressOf(server);
    exchange.isKnown = this.#known.has(applicationAt(flows, row).category);
    if (office.nameOf(exchange.server) === undefined) return;
    this.#namedServers++;
    if (this.#namedServers === this.#config.minNames) this.#judgeWaiting(flows, row);
  }

  /** Whether it may yet be found out to be conspicuous. */
  #mayBeTold({ server }: Exchange): boolean {
    return this.#namedServers < this.#config.minNames && this.#surroundings.office.nameOf(server) === undefined;
  }

  /** More is known of the office now. */
  #judgeWaiting(flows: InsideFlows, row: number): void {
    for (const exchange of this.#waiting) {
      if (this.#judge(exchange, flows.receivedAtUs[row] as number) || !this.#mayBeTold(exchange)) this.#waiting.delete(exchange);
    }
  }

  /** Tells a large upload that is conspicuous, and whether it was. */
  #judge(exchange: Exchange, nowUs: number): boolean {
    if (exchange.alert !== undefined) return true;
    const reason = this.#reason(exchange);
    if (reason === undefined) return false;
    const tell = (): Telling => this.#tell(exchange, reason);
    exchange.alert = this.#surroundings.book.raise('exfiltration', nowUs, tell);
    return true;
  }

  #add(exchange: Exchange, flows: InsideFlows, row: number): void {
    const startMs = flows.startMs[row] as number;
    exchange.firstMs = Math.min(exchange.firstMs, startMs);
    if (!(startMs - exchange.sinceMs <= this.#config.maxHours * MS_PER_HOUR)) exchange.restart(startMs);
    const octets = (flows.octets[row] as number) * (flows.samplingInterval[row] as number);
    if (flows.isUp[row] === 1) {
      exchange.upOctets += octets;
      exchange.upRecords++;
    } else exchange.downOctets += octets;
    exchange.evidence.add(flows, row);
  }

  #isLarge({ upOctets, downOctets, upRecords, firstMs, sinceMs }: Exchange): boolean {
    const { minMegabytes, minRatio, maxHours } = this.#config;
    const isHabit = sinceMs - firstMs > maxHours * MS_PER_HOUR;
    const isUp = (downOctets > 0 || upRecords >= MIN_UP_RECORDS) && upOctets >= minRatio * downOctets;
    return isUp && !isHabit && upOctets >= minMegabytes * 1e6;
  }

  /** Why such an upload is conspicuous, if it is. */
  #reason({ server, evidence }: Exchange): string | undefined {
    if (this.#namedServers >= this.#config.minNames) {
      const isNamed = this.#surroundings.office.nameOf(server) !== undefined;
      return isNamed ? undefined : 'its address was never looked up by name, as those of services are';
    }
    return this.#rhythm.rests(evidence.lastSeenMs) ? 'it went out while hardly anybody was at work' : undefined;
  }

  #tell(exchange: Exchange, reason: string): Telling {
    const { inside, server, evidence, upOctets, downOctets } = exchange;
    const { office } = this.#surroundings;
    const who = office.who(inside, evidence.firstSeenMs);
    const ratio =
      downOctets === 0 ? 'nothing came back' : `${wordNumber(Math.round(upOctets / downOctets))} times as much as came back`;
    return {
      who,
      address: formatStored(inside),
      target: formatStored(server),
      sentence: `${who} sent ${wordOctets(upOctets)} to ${office.named(server)}, which nobody else uses`,
      evidence: [
        `${wordOctets(upOctets)} up, ${ratio}`,
        reason,
        'it belongs to no service that is known here',
        evidence.sentence,
      ],
      confidence: evidence.samplingInterval > 1 ? 0.85 : 0.9,
      ...evidence.seen,
    };
  }
}

export const exfiltration: DetectorKind<Config> = {
  kind: 'exfiltration',
  advice: {
    innocent: [
      'a backup to a service or a server that is not known here',
      'a recording, a design or a data set that is handed in, or sent to a customer',
      'somebody who works on a server of another office',
    ],
    next: [
      'ask whoever uses the device what was sent, and to whom',
      'look up who owns the address',
      'see who was logged in at the time, and what was read from file servers just before',
    ],
  },
  create: (surroundings, config) => new ExfiltrationDetector(surroundings, config),
};
