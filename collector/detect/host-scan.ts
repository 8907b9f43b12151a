import { z } from 'zod';
import { PROTOCOL_TCP } from '../../core/net/packet-train.ts';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import { coveringPrefix } from './covering-prefix.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { isProbe } from './probe.ts';
import { SourcePortRun } from './source-port-run.ts';
import { Suspicion, Suspicions } from './suspicion.ts';

const hosts = z.int().min(2).max(65_535);

export const hostScanSchema = z.strictObject({
  minHosts: hosts
    .default(50)
    .describe(
      'Different hosts asked for the same port in vain that make a scan; a monitoring system finds a few down, a worm asks hundreds.',
    ),
  minWebHosts: hosts.default(200).describe('The same on ports 80 and 443, where a browser whose line is down asks many as well.'),
  minSampledHosts: hosts
    .default(2)
    .describe(
      'Where packets are sampled: hosts asked from one source port within 10 min, ports 80 and 443 apart. At 1 in 100, of 254 hosts 3 are seen.',
    ),
  quietMinutes: z.number().min(1).max(10_080).default(15).describe('Minutes without a probe after which it is another scan.'),
  maxKeys: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(4_096)
    .describe('Devices and ports they ask that are remembered; beyond it those asked longest ago are forgotten (forgottenKeys).'),
});

type Config = z.output<typeof hostScanSchema>;

/** Hosts remembered of one scan; there may be more. */
const MAX_HOSTS = 4_096;
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443]);

class Sweep extends Suspicion {
  readonly hosts = new Set<number>();
  readonly run = new SourcePortRun(MAX_HOSTS);
  lowest: StoredAddress | undefined;
  highest: StoredAddress | undefined;
}

/** A horizontal scan: one port of many hosts, with next to no packets each. */
class HostScanDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #sweeps: Suspicions<Sweep>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#sweeps = new Suspicions(config.maxKeys, config.quietMinutes, () => new Sweep());
  }

  get forgotten(): number {
    return this.#sweeps.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      if (flows.inside[row] !== NO_ADDRESS && flows.protocol[row] === PROTOCOL_TCP && isProbe(flows, row)) this.#note(flows, row);
    }
  }

  #note(flows: InsideFlows, row: number): void {
    const [inside, port, startMs] = [flows.inside[row] as number, flows.serverPort[row] as number, flows.startMs[row] as number];
    const sweep = this.#sweeps.at(startMs, inside, port);
    const { book, addresses } = this.#surroundings;
    const server = flows.server[row] as number;
    sweep.evidence.add(flows, row);
    if ((flows.samplingInterval[row] as number) > 1) sweep.run.add(flows.insidePort[row] as number, server, startMs);
    if (!sweep.hosts.has(server) && sweep.hosts.size < MAX_HOSTS) {
      sweep.hosts.add(server);
      const address = addresses.addressOf(server);
      if (sweep.lowest === undefined || address < sweep.lowest) sweep.lowest = address;
      if (sweep.highest === undefined || address > sweep.highest) sweep.highest = address;
    }
    if (sweep.alert !== undefined) book.changed(sweep.alert);
    else if (this.#isScan(sweep, port)) {
      const device = addresses.addressOf(inside);
      sweep.alert = book.raise('host-scan', flows.receivedAtUs[row] as number, () => this.#tell(sweep, device, port));
    }
  }

  #isScan({ hosts: asked, run, evidence }: Sweep, port: number): boolean {
    const { minHosts, minWebHosts, minSampledHosts } = this.#config;
    if (WEB_PORTS.has(port)) return asked.size >= minWebHosts;
    return asked.size >= minHosts || (evidence.samplingInterval > 1 && run.size >= minSampledHosts);
  }

  #tell({ hosts: asked, evidence, lowest = 0, highest = 0 }: Sweep, inside: StoredAddress, port: number): Telling {
    const who = this.#surroundings.office.who(inside, evidence.firstSeenMs);
    const target = coveringPrefix(lowest, highest);
    const number = wordCount(asked.size, 'host');
    return {
      who,
      address: formatStored(inside),
      target,
      sentence: `${who} asked ${number} of ${target} for port ${port}`,
      evidence: [
        `${number} from ${formatStored(lowest)} to ${formatStored(highest)}, TCP port ${port}, a SYN or a refusal and nothing more`,
        evidence.sentence,
      ],
      confidence: asked.size >= this.#config.minHosts ? 0.98 : 0.7,
      ...evidence.seen,
    };
  }
}

export const hostScan: DetectorKind<Config> = {
  kind: 'host-scan',
  advice: {
    innocent: ['an inventory or a vulnerability scan that IT has ordered', 'a program whose servers have moved, or are all down'],
    next: [
      'take the device off the network if nobody ordered it: worms spread so',
      'see which hosts answered, and whether connections to them followed',
      'ask whoever uses the device what ran at that time',
    ],
  },
  create: (surroundings, config) => new HostScanDetector(surroundings, config),
};
