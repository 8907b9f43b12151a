import { z } from 'zod';
import { PROTOCOL_TCP } from '../../core/net/packet-train.ts';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { PortSet } from './port-set.ts';
import { isProbe, MAX_PROBE_PACKETS } from './probe.ts';
import { RecentStates } from './recent-states.ts';
import { SourcePortRun } from './source-port-run.ts';
import { Suspicion } from './suspicion.ts';

const ports = z.int().min(2).max(65_535);

export const portScanSchema = z.strictObject({
  minPorts: ports
    .default(50)
    .describe(
      'Different ports of one host that make a scan: a browser uses two of a server, a monitoring system a handful; nmap asks 1,000.',
    ),
  minSampledPorts: ports
    .default(2)
    .describe(
      'The same where packets are sampled, of ports asked from one source port within 10 min: at 1 in 100, of 100 ports 2 are seen.',
    ),
  maxPairs: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(4_096)
    .describe(
      'Pairs of a device and a host whose ports are remembered, 8 kB each; beyond it those asked longest ago are forgotten (forgottenKeys).',
    ),
});

/** What one device asked of one host. */
class Scan extends Suspicion {
  readonly ports = new PortSet();
  readonly run = new SourcePortRun(1_024);
}

/** A vertical scan: many ports of one host with next to no packets. Slow ones count as well: no time window. */
class PortScanDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: z.output<typeof portScanSchema>;
  readonly #scans: RecentStates<Scan>;

  constructor(surroundings: Surroundings, config: z.output<typeof portScanSchema>) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#scans = new RecentStates(config.maxPairs, () => new Scan());
  }

  get forgotten(): number {
    return this.#scans.forgotten;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      if (flows.inside[row] !== NO_ADDRESS && isProbe(flows, row)) this.#note(flows, row);
    }
  }

  #note(flows: InsideFlows, row: number): void {
    const [inside, server] = [flows.inside[row] as number, flows.server[row] as number];
    const scan = this.#scans.of(inside, server);
    const port = flows.serverPort[row] as number;
    scan.ports.add(port);
    scan.evidence.add(flows, row);
    const isSampled = (flows.samplingInterval[row] as number) > 1;
    if (isSampled && flows.protocol[row] === PROTOCOL_TCP)
      scan.run.add(flows.insidePort[row] as number, port, flows.startMs[row] as number);
    const { book, addresses } = this.#surroundings;
    if (scan.alert !== undefined) book.changed(scan.alert);
    else if (this.#isScan(scan)) {
      const [device, host] = [addresses.addressOf(inside), addresses.addressOf(server)];
      scan.alert = book.raise('port-scan', flows.receivedAtUs[row] as number, () => this.#tell(scan, device, host));
    }
  }

  #isScan({ ports: asked, run, evidence }: Scan): boolean {
    const { minPorts, minSampledPorts } = this.#config;
    return asked.size >= minPorts || (evidence.samplingInterval > 1 && run.size >= minSampledPorts);
  }

  #tell({ ports: { size, lowest, highest }, evidence }: Scan, inside: StoredAddress, server: StoredAddress): Telling {
    const who = this.#surroundings.office.who(inside, evidence.firstSeenMs);
    const target = formatStored(server);
    return {
      who,
      address: formatStored(inside),
      target,
      sentence: `${who} scanned ${wordCount(size, 'port')} of ${target}`,
      evidence: [
        `${wordCount(size, 'port')} from ${lowest} to ${highest} of ${target}, at most ${MAX_PROBE_PACKETS} packets each`,
        evidence.sentence,
      ],
      confidence: size >= this.#config.minPorts ? 0.98 : 0.7,
      ...evidence.seen,
    };
  }
}

export const portScan: DetectorKind<z.output<typeof portScanSchema>> = {
  kind: 'port-scan',
  advice: {
    innocent: [
      'a vulnerability scan or an inventory that IT has ordered',
      'a program that looks for a service whose port it does not know',
    ],
    next: [
      'ask whoever uses the device whether a scanner was run on purpose',
      'see which of the ports answered, and whether connections followed to them',
      'look for other targets of the same device before and after',
    ],
  },
  create: (surroundings, config) => new PortScanDetector(surroundings, config),
};
