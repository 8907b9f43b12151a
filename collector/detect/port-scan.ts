import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { Evidence } from './evidence.ts';
import type { InsideFlows } from './inside-flows.ts';
import { PortSet } from './port-set.ts';
import { isProbe, MAX_PROBE_PACKETS } from './probe.ts';
import { RecentStates } from './recent-states.ts';

const ports = z.int().min(2).max(65_535);

export const portScanSchema = z.strictObject({
  minPorts: ports
    .default(50)
    .describe(
      'Different ports of one host that make a scan: a browser uses two of a server, a monitoring system a handful; nmap asks 1,000.',
    ),
  minSampledPorts: ports
    .default(8)
    .describe('The same where packets are sampled, of ports that were seen: at 1 in 100 a scan of 1,000 ports shows about 20.'),
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
class Scan {
  readonly ports = new PortSet();
  readonly evidence = new Evidence();
  alert: Case | undefined;
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
    scan.ports.add(flows.serverPort[row] as number);
    scan.evidence.add(flows, row);
    const { minPorts, minSampledPorts } = this.#config;
    const { book, addresses } = this.#surroundings;
    if (scan.alert !== undefined) book.changed(scan.alert);
    else if (scan.ports.size >= (scan.evidence.samplingInterval > 1 ? minSampledPorts : minPorts)) {
      const [device, host] = [addresses.addressOf(inside), addresses.addressOf(server)];
      scan.alert = book.raise('port-scan', flows.receivedAtUs[row] as number, () => this.#tell(scan, device, host));
    }
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
      confidence: size >= 2 * this.#config.minPorts ? 0.99 : 0.95,
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
