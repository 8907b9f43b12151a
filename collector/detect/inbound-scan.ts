import { z } from 'zod';
import { PROTOCOL_TCP } from '../../core/net/packet-train.ts';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { PortSet } from './port-set.ts';
import { isAsking, MAX_PROBE_PACKETS } from './probe.ts';
import { SourcePortRun } from './source-port-run.ts';
import { Suspicion, Suspicions } from './suspicion.ts';

const ports = z.int().min(2).max(65_535);

export const inboundScanSchema = z.strictObject({
  minPorts: ports
    .default(20)
    .describe('Different ports of the office that one stranger asks in vain: who wants a service asks for one or two.'),
  minSampledPorts: ports
    .default(2)
    .describe(
      'The same where packets are sampled, from one source port within 10 min: at 1 in 100, of 100 ports asked twice 2 are seen.',
    ),
  quietMinutes: z.number().min(1).max(10_080).default(60).describe('Minutes without a probe after which it is another scan.'),
  maxStrangers: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Strangers whose ports are remembered, 8 kB each; beyond it those heard longest ago are forgotten (forgottenKeys).',
    ),
});

type Config = z.output<typeof inboundScanSchema>;

class Knocking extends Suspicion {
  readonly ports = new PortSet();
  readonly run = new SourcePortRun(1_024);
}

/** A scan from outside: one stranger's SYNs to many ports, which mostly nobody inside is meant by. The router has to meter what it drops. */
class InboundScanDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #strangers: Suspicions<Knocking>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#strangers = new Suspicions(config.maxStrangers, config.quietMinutes, () => new Knocking());
  }

  get forgotten(): number {
    return this.#strangers.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const isKnock =
        flows.isUp[row] === 0 &&
        flows.protocol[row] === PROTOCOL_TCP &&
        isAsking(flows.tcpControlBits[row] as number) &&
        (flows.packets[row] as number) <= MAX_PROBE_PACKETS;
      if (isKnock) this.#note(flows, row);
    }
  }

  #note(flows: InsideFlows, row: number): void {
    const [stranger, port, startMs] = [
      flows.server[row] as number,
      flows.insidePort[row] as number,
      flows.startMs[row] as number,
    ];
    const knocking = this.#strangers.at(startMs, stranger);
    const { book, addresses } = this.#surroundings;
    knocking.evidence.add(flows, row);
    knocking.ports.add(port);
    if ((flows.samplingInterval[row] as number) > 1) knocking.run.add(flows.serverPort[row] as number, port, startMs);
    if (knocking.alert !== undefined) book.changed(knocking.alert);
    else if (this.#isScan(knocking)) {
      const called = flows.called[row] === NO_ADDRESS ? flows.inside[row] : flows.called[row];
      const [who, whom] = [addresses.addressOf(stranger), addresses.addressOf(called as number)];
      knocking.alert = book.raise('inbound-scan', flows.receivedAtUs[row] as number, () => this.#tell(knocking, who, whom));
    }
  }

  #isScan({ ports: asked, run, evidence }: Knocking): boolean {
    const { minPorts, minSampledPorts } = this.#config;
    return asked.size >= minPorts || (evidence.samplingInterval > 1 && run.size >= minSampledPorts);
  }

  #tell({ ports: asked, evidence }: Knocking, stranger: StoredAddress, called: StoredAddress): Telling {
    const { office } = this.#surroundings;
    const who = office.named(stranger);
    const target = formatStored(called);
    return {
      who,
      address: formatStored(stranger),
      target,
      sentence: `${who} scanned ${wordCount(asked.size, 'port')} of the office from outside`,
      evidence: [
        `${wordCount(asked.size, 'port')} from ${asked.lowest} to ${asked.highest} of ${target}, SYNs that nobody acknowledged`,
        evidence.sentence,
      ],
      confidence: asked.size >= this.#config.minPorts ? 0.98 : 0.7,
      ...evidence.seen,
    };
  }
}

export const inboundScan: DetectorKind<Config> = {
  kind: 'inbound-scan',
  advice: {
    innocent: ['a research scanner, as every public address is asked by some of them each day', 'a test that somebody ordered'],
    next: [
      'see whether any port answered: what is forwarded, and whether it has to be',
      'look for longer connections of the same stranger after it',
      'block the address if it comes again',
    ],
  },
  create: (surroundings, config) => new InboundScanDetector(surroundings, config),
};
