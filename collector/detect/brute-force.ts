import { z } from 'zod';
import { PROTOCOL_TCP } from '../../core/net/packet-train.ts';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount, wordDuration } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { RecentLogins } from './recent-logins.ts';
import { Suspicion, Suspicions } from './suspicion.ts';

const connections = z.int().min(3).max(1_024);

export const bruteForceSchema = z.strictObject({
  ports: z
    .array(z.int().min(1).max(65_535))
    .default([21, 22, 23, 110, 143, 445, 993, 995, 1_433, 3_306, 3_389, 5_432, 5_900])
    .describe('TCP ports of services that ask for a password. HTTPS is not among them: there guessing looks like reading.'),
  minConnections: connections
    .default(20)
    .describe('Connections within `minutes` that make guessing, when they are alike (Flowmon ADS, SSHDICT: 20).'),
  minSampledConnections: connections
    .default(8)
    .describe('The same where packets are sampled, of connections that were seen: at 1 in 100 every fifth one is.'),
  minutes: z.number().min(1).max(1_440).default(5).describe('Minutes within which they begin.'),
  alikePercent: z
    .number()
    .min(1)
    .max(100)
    .default(80)
    .describe(
      'Per cent of the connections whose size lies within a tenth of the median: guesses are alike, work is not (Jonker 2014).',
    ),
  maxPackets: z
    .int()
    .min(4)
    .max(10_000)
    .default(60)
    .describe('Packets one way of a connection in which passwords are guessed: 11 to 51 were seen over SSH (SSHCure).'),
  quietMinutes: z.number().min(1).max(10_080).default(60).describe('Minutes without a guess after which it is another attack.'),
  maxPairs: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Pairs of a guesser and a service that are remembered; beyond it those seen longest ago are forgotten (forgottenKeys).',
    ),
});

type Config = z.output<typeof bruteForceSchema>;

/** Less is no login: a SYN, a handshake that was given up. */
const MIN_PACKETS = 5;

class Guessing extends Suspicion {
  readonly logins: RecentLogins;

  constructor(most: number) {
    super();
    this.logins = new RecentLogins(most);
  }
}

/** Guessed passwords: many short and alike connections to one service that asks for one, from inside or from outside. */
class BruteForceDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #isPasswordPort = new Uint8Array(65_536);
  readonly #guessings: Suspicions<Guessing>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    for (const port of config.ports) this.#isPasswordPort[port] = 1;
    const most = Math.max(config.minConnections, config.minSampledConnections);
    this.#guessings = new Suspicions(config.maxPairs, config.quietMinutes, () => new Guessing(most));
  }

  get forgotten(): number {
    return this.#guessings.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      if (flows.protocol[row] !== PROTOCOL_TCP || flows.inside[row] === NO_ADDRESS) continue;
      const isOut = this.#isPasswordPort[flows.serverPort[row] as number] === 1;
      const isIn = !isOut && this.#isPasswordPort[flows.insidePort[row] as number] === 1;
      // The way towards the service: what the guesser says.
      if ((isOut && flows.isUp[row] === 1) || (isIn && flows.isUp[row] === 0)) this.#note(flows, row, isOut);
    }
  }

  #note(flows: InsideFlows, row: number, isOut: boolean): void {
    const packets = flows.packets[row] as number;
    const isSampled = (flows.samplingInterval[row] as number) > 1;
    if (packets > this.#config.maxPackets || (!isSampled && packets < MIN_PACKETS)) return;
    const [inside, server, startMs] = [flows.inside[row] as number, flows.server[row] as number, flows.startMs[row] as number];
    const [service, own] = isOut ? [flows.serverPort, flows.insidePort] : [flows.insidePort, flows.serverPort];
    const port = service[row] as number;
    const guessing = this.#guessings.at(startMs, inside, server, port, isOut ? 1 : 0);
    guessing.evidence.add(flows, row);
    const octets = flows.octets[row] as number;
    guessing.logins.add(own[row] as number, startMs, packets, isSampled ? octets / packets : octets);
    const { book, addresses } = this.#surroundings;
    if (guessing.alert !== undefined) book.changed(guessing.alert);
    else if (this.#isGuessing(guessing)) {
      const [device, other] = [addresses.addressOf(inside), addresses.addressOf(server)];
      guessing.alert = book.raise('brute-force', flows.receivedAtUs[row] as number, () =>
        this.#tell(guessing, device, other, port, isOut),
      );
    }
  }

  #isGuessing({ evidence, logins }: Guessing): boolean {
    const { minConnections, minSampledConnections, minutes, alikePercent } = this.#config;
    const isSampled = evidence.samplingInterval > 1;
    const least = isSampled ? minSampledConnections : minConnections;
    if (!logins.areWithin(least, minutes * 60_000)) return false;
    return logins.alikePart(least) * 100 >= alikePercent && (!isSampled || logins.packetsEach(least) <= MAX_SAMPLED_PACKETS_EACH);
  }

  #tell({ evidence, logins }: Guessing, inside: StoredAddress, server: StoredAddress, port: number, isOut: boolean): Telling {
    const { office } = this.#surroundings;
    const device = office.who(inside, evidence.firstSeenMs);
    const [who, whom] = isOut ? [device, office.named(server)] : [office.named(server), device];
    const target = `${formatStored(isOut ? server : inside)}:${port}`;
    const number = wordCount(logins.total, 'connection');
    return {
      who,
      address: formatStored(isOut ? inside : server),
      target,
      sentence: `${who} guessed passwords of ${whom}, port ${port}: ${number}`,
      evidence: [
        `${number} in ${wordDuration((evidence.lastSeenMs - evidence.firstSeenMs) / 1_000)}, nearly all of the same size`,
        evidence.sentence,
      ],
      confidence: evidence.samplingInterval > 1 ? 0.8 : 0.95,
      ...evidence.seen,
    };
  }
}

/**
 * Packets seen of a connection of which any were seen: at most 1.4 means some 75 packets both ways at 1 in 100, so connections that
 * do work stand out.
 */
const MAX_SAMPLED_PACKETS_EACH = 1.4;

export const bruteForce: DetectorKind<Config> = {
  kind: 'brute-force',
  advice: {
    innocent: [
      'a script whose password or key has expired and that tries again and again',
      'a program that logs in for each of many little tasks that are all alike',
    ],
    next: [
      'look into the log of the attacked service: failed logins, for which names',
      'see whether a longer connection followed: then a guess was right',
      'ask whoever uses the device which program did it',
    ],
  },
  create: (surroundings, config) => new BruteForceDetector(surroundings, config),
};
