import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { PROTOCOL_TCP } from '../../core/net/packet-train.ts';
import { wordDuration, wordNumber, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import { applicationAt, isServed } from './contact.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { Evidence } from './evidence.ts';
import type { InsideFlows } from './inside-flows.ts';
import { RecentStates } from './recent-states.ts';
import { ServerUsers } from './server-users.ts';

const minutes = z.number().min(1).max(10_080);

export const miningSchema = z.strictObject({
  poolPorts: z
    .array(z.int().min(1).max(65_535))
    .max(1_000)
    .default([3_333, 3_334, 3_335, 4_444, 5_555, 6_666, 7_777, 8_888, 9_999, 14_433, 14_444, 45_560, 45_700])
    .describe('TCP ports on which mining pools listen; 3333 and 14444 are in the examples of XMRig.'),
  minMinutes: minutes.default(30).describe('How long a connection to such a port lasts that is reported.'),
  minUnknownMinutes: minutes
    .default(240)
    .describe(
      'The same of ports that no known application uses; RITA counts connections from one hour on, and long ones from four.',
    ),
  maxOctetsPerS: z
    .number()
    .min(1)
    .max(1e6)
    .default(500)
    .describe(
      'Most octets per second of both directions: jobs and shares are a line of JSON every few seconds; more is a transfer.',
    ),
  minOctetsPerS: z
    .number()
    .min(0)
    .max(1e6)
    .default(4)
    .describe('Least octets per second: less is a connection that is only kept open, as those for notifications are (2 to 3).'),
  maxOctetsPerPacket: z
    .number()
    .min(40)
    .max(65_535)
    .default(600)
    .describe("Mean octets of a packet at most: Stratum's longest messages have about 400."),
  minRecords: z.int().min(2).max(1_000).default(5).describe('Flow Records of the connection that it takes to say so.'),
  maxUsers: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('Devices that use the same server; one of more is a service of the office.'),
  maxServers: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(65_536)
    .describe('Servers whose users are remembered; beyond it those not used for longest are forgotten (forgottenKeys).'),
  maxConnections: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(32_768)
    .describe('Connections that are remembered; beyond it those without records for longest are forgotten (forgottenKeys).'),
});

type Config = z.output<typeof miningSchema>;

/** A connection, all its records added up. */
class Connection {
  readonly evidence = new Evidence();
  upOctets = 0;
  downOctets = 0;
  /** What it is for, once it was looked up; nothing known is for long. */
  isUnknown: boolean | undefined;
  alert: Case | undefined;
}

/** One TCP connection that stays for hours and on which little passes, but without a pause. */
class MiningDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #poolPorts: ReadonlySet<number>;
  readonly #users: ServerUsers;
  readonly #connections: RecentStates<Connection>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#poolPorts = new Set(config.poolPorts);
    this.#users = new ServerUsers(config.maxServers, config.maxUsers);
    this.#connections = new RecentStates(config.maxConnections, () => new Connection());
  }

  get forgotten(): number {
    return this.#users.forgotten + this.#connections.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const [inside, server] = [flows.inside[row] as number, flows.server[row] as number];
      if (inside === NO_ADDRESS || flows.protocol[row] !== PROTOCOL_TCP || isServed(flows, row)) continue;
      if (!this.#users.isPopular(server, inside)) this.#note(flows, row, inside, server);
    }
  }

  #note(flows: InsideFlows, row: number, inside: number, server: number): void {
    const port = flows.serverPort[row] as number;
    const isPool = this.#poolPorts.has(port);
    const connection = this.#connections.of(inside, flows.insidePort[row] as number, server, port);
    connection.isUnknown ??= isPool || applicationAt(flows, row).category === 'other';
    if (!connection.isUnknown) return;
    connection.evidence.add(flows, row);
    if (flows.isUp[row] === 1) connection.upOctets += flows.octets[row] as number;
    else connection.downOctets += flows.octets[row] as number;
    const { book, addresses } = this.#surroundings;
    if (connection.alert !== undefined) return book.changed(connection.alert);
    if (!this.#isMining(connection, isPool)) return;
    const [device, pool] = [addresses.addressOf(inside), addresses.addressOf(server)];
    connection.alert = book.raise('mining', flows.receivedAtUs[row] as number, () => this.#tell(connection, device, pool, port));
  }

  #isMining({ evidence, upOctets, downOctets }: Connection, isPool: boolean): boolean {
    const config = this.#config;
    const { flows, packets, octets, samplingInterval } = evidence;
    const lastsMs = evidence.lastSeenMs - evidence.firstSeenMs;
    const minMs = (isPool ? config.minMinutes : config.minUnknownMinutes) * 60_000;
    if (lastsMs < minMs || flows < config.minRecords || upOctets === 0 || downOctets === 0) return false;
    const octetsPerS = (samplingInterval * octets) / (lastsMs / 1_000);
    const isThin = octetsPerS >= config.minOctetsPerS && octetsPerS <= config.maxOctetsPerS;
    return isThin && octets / packets <= config.maxOctetsPerPacket;
  }

  #tell({ evidence, upOctets, downOctets }: Connection, inside: StoredAddress, pool: StoredAddress, port: number): Telling {
    const { office } = this.#surroundings;
    const who = office.who(inside, evidence.firstSeenMs);
    const lastsS = (evidence.lastSeenMs - evidence.firstSeenMs) / 1_000;
    const isPool = this.#poolPorts.has(port);
    const reason = isPool ? 'on which mining pools listen' : 'of no known application';
    const octetsPerS = (evidence.samplingInterval * evidence.octets) / lastsS;
    return {
      who,
      address: formatStored(inside),
      target: formatStored(pool),
      sentence: `${who} works for ${office.named(pool)} as a miner of cryptocurrency does: one thin connection for ${wordDuration(lastsS)}`,
      evidence: [
        `one TCP connection to port ${port}, ${reason}`,
        `${wordNumber(Math.round(octetsPerS))} octets a second, ${wordOctets(upOctets)} up and ${wordOctets(downOctets)} down, never silent for long`,
        evidence.sentence,
      ],
      confidence: isPool ? 0.95 : 0.7,
      ...evidence.seen,
    };
  }
}

export const mining: DetectorKind<Config> = {
  kind: 'mining',
  advice: {
    innocent: [
      'a chat, a game or a feed of prices that keeps a connection of its own open',
      'a device that reports measurements (MQTT), or a session with a database',
      'somebody who mines with permission',
    ],
    next: [
      'look at the load of processor and graphics card of the device',
      'look up whether the address belongs to a mining pool',
      'find out which program holds the connection, and how it came there',
    ],
  },
  create: (surroundings, config) => new MiningDetector(surroundings, config),
};
