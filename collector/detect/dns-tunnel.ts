import { z } from 'zod';
import { formatStored, isIPv4, type StoredAddress } from '../../core/net/stored-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_SYN } from '../../core/net/packet-train.ts';
import { wordCount, wordNumber } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { Evidence } from './evidence.ts';
import type { InsideFlows } from './inside-flows.ts';
import { RecentStates } from './recent-states.ts';

export const dnsTunnelSchema = z.strictObject({
  minLetters: z
    .number()
    .min(1)
    .max(253)
    .default(52)
    .describe(
      'Letters of a name, as far as the size of a question shows them, beyond which it is long (ISC SANS diary 22326: 52).',
    ),
  minNames: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(100)
    .describe(
      'Long names that nobody connected to, which make a tunnel (RITA: 100 names below a domain; ISC SANS 22326: 100 new ones in 5 min).',
    ),
  minSampledNames: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(8)
    .describe('The same where packets are sampled, of questions that were seen.'),
  forgivenPerMinute: z
    .number()
    .min(0)
    .max(10_000)
    .default(1)
    .describe('Long names without a connection that are forgiven each minute: virus scanners and block lists ask by DNS, too.'),
  questionsPerConnection: z
    .number()
    .min(0)
    .max(10)
    .default(2)
    .describe('Questions that a connection explains: who has IPv6 asks for both kinds of address (RFC 8305 section 3).'),
  maxDevices: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(65_536)
    .describe('Devices whose questions are remembered; beyond it those silent for longest are forgotten (forgottenKeys).'),
});

type Config = z.output<typeof dnsTunnelSchema>;

const PORT_DNS = 53;
const PORT_HTTPS = 443;
/** Headers of IPv4, UDP and DNS, an EDNS option, the type and class of the question, the name's first length and its end. */
const QUESTION_OCTETS = 28 + 12 + 11 + 4 + 2;
/** What an IPv6 header is longer. */
const IPV6_OCTETS = 20;
const MS_PER_MINUTE = 60_000;

/** What a device asked, as far as its connections do not explain it. */
class Questions {
  /** Long names, less those that connections explain or that are forgiven. */
  unexplained = 0;
  lastMs = -Infinity;
  /** Since it was last 0. */
  names = 0;
  connections = 0;
  letters = 0;
  evidence = new Evidence();
  resolver: StoredAddress = 0;
  alert: Case | undefined;

  clear(): void {
    this.unexplained = 0;
    this.names = 0;
    this.connections = 0;
    this.letters = 0;
    this.evidence = new Evidence();
  }
}

/**
 * Many questions for long names to which nothing connects. Records do not show names, but the size of a question shows its length; long
 * names of a content network are asked for as well, and each leads to a connection. Of the packets of either, sampling leaves the same part.
 */
class DnsTunnelDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #questions: RecentStates<Questions>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#questions = new RecentStates(config.maxDevices, () => new Questions());
  }

  get forgotten(): number {
    return this.#questions.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const inside = flows.inside[row] as number;
      if (inside === NO_ADDRESS || flows.isUp[row] === 0) continue;
      if (flows.protocol[row] === PROTOCOL_UDP && flows.serverPort[row] === PORT_DNS) this.#noteQuestion(flows, row, inside);
      else if (beginsConnection(flows, row)) this.#noteConnection(flows, row, inside);
    }
  }

  #noteQuestion(flows: InsideFlows, row: number, inside: number): void {
    const packets = flows.packets[row] as number;
    const server = this.#surroundings.addresses.addressOf(flows.server[row] as number);
    const overhead = isIPv4(server) ? QUESTION_OCTETS : QUESTION_OCTETS + IPV6_OCTETS;
    const letters = (flows.octets[row] as number) / packets - overhead;
    if (packets === 0 || letters <= this.#config.minLetters) return;
    const questions = this.#questions.of(inside);
    this.#forgive(questions, flows, row);
    const { evidence, alert } = questions;
    evidence.add(flows, row);
    questions.unexplained += packets;
    questions.names += packets;
    questions.letters += packets * letters;
    questions.resolver = server;
    const { book, addresses } = this.#surroundings;
    if (alert !== undefined) return book.changed(alert);
    const { minNames, minSampledNames } = this.#config;
    if (questions.unexplained < (evidence.samplingInterval > 1 ? minSampledNames : minNames)) return;
    const device = addresses.addressOf(inside);
    questions.alert = book.raise('dns-tunnel', flows.receivedAtUs[row] as number, () => this.#tell(questions, device));
  }

  #noteConnection(flows: InsideFlows, row: number, inside: number): void {
    const questions = this.#questions.of(inside);
    if (questions.unexplained === 0) return;
    questions.connections++;
    questions.unexplained -= this.#config.questionsPerConnection;
    this.#forgive(questions, flows, row);
  }

  /** Once told, it is remembered as it is. */
  #forgive(questions: Questions, flows: InsideFlows, row: number): void {
    const startMs = flows.startMs[row] as number;
    const minutes = Math.max(0, startMs - questions.lastMs) / MS_PER_MINUTE;
    questions.lastMs = Math.max(questions.lastMs, startMs);
    if (minutes > 0)
      questions.unexplained -= (minutes * this.#config.forgivenPerMinute) / (flows.samplingInterval[row] as number);
    if (questions.unexplained <= 0 && questions.alert === undefined) questions.clear();
  }

  #tell({ names, letters, connections, resolver, evidence }: Questions, inside: StoredAddress): Telling {
    const who = this.#surroundings.office.who(inside, evidence.firstSeenMs);
    const isSampled = evidence.samplingInterval > 1;
    return {
      who,
      address: formatStored(inside),
      target: formatStored(resolver),
      sentence: `${who} asked DNS for ${wordCount(names, 'long name')} and hardly connected to any: data may leave in them`,
      evidence: [
        `${wordCount(names, 'question')} to ${formatStored(resolver)} for names of about ${wordNumber(Math.round(letters / names))} letters`,
        `${wordCount(connections, 'connection')} of the same device meanwhile${isSampled ? ', as far as sampled' : ''}`,
        evidence.sentence,
      ],
      confidence: isSampled ? 0.9 : 0.97,
      ...evidence.seen,
    };
  }
}

/** A SYN, or anything of QUIC: long UDP flows count more than once, which is the safe side. */
function beginsConnection(flows: InsideFlows, row: number): boolean {
  const protocol = flows.protocol[row];
  if (protocol === PROTOCOL_TCP) return ((flows.tcpControlBits[row] as number) & TCP_SYN) !== 0;
  return protocol === PROTOCOL_UDP && flows.serverPort[row] === PORT_HTTPS;
}

export const dnsTunnel: DetectorKind<Config> = {
  kind: 'dns-tunnel',
  advice: {
    innocent: [
      'a virus scanner or mail filter that looks hashes up by DNS',
      'a captive portal or a VPN that goes through DNS on purpose',
      'a program that looks up names of a content network and then cannot connect',
    ],
    next: [
      "look at the resolver's log: are the names below one domain, each asked once and made of random letters",
      'look up who owns that domain, and block it at the resolver if nobody knows it',
      'find out which program on the device asks',
    ],
  },
  create: (surroundings, config) => new DnsTunnelDetector(surroundings, config),
};
