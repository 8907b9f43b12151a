import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import type { Application } from '../query/catalogue.ts';
import { wordCount, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import { applicationAt } from './contact.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { isProbe } from './probe.ts';
import { Suspicion, Suspicions } from './suspicion.ts';

export const forbiddenServiceSchema = z.strictObject({
  quietMinutes: z.number().min(1).max(10_080).default(1_440).describe('Minutes without use after which it is told anew.'),
  maxUses: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(16_384)
    .describe(
      'Uses of forbidden services that are remembered; beyond it the oldest are forgotten, and told again (forgottenKeys).',
    ),
});

type Config = z.output<typeof forbiddenServiceSchema>;

/** Servers of one use told apart. */
const MAX_SERVERS = 4_096;

class Use extends Suspicion {
  readonly servers = new Set<number>();
  upOctets = 0;
}

/** Use of applications the policy forbids: one matter for each inside address and application. */
class ForbiddenServiceDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #uses: Suspicions<Use>;

  constructor(surroundings: Surroundings, { maxUses, quietMinutes }: Config) {
    this.#surroundings = surroundings;
    this.#uses = new Suspicions(maxUses, quietMinutes, () => new Use());
  }

  get forgotten(): number {
    return this.#uses.forgotten;
  }

  handle(flows: InsideFlows): void {
    const { office } = this.#surroundings;
    if (office.forbidden.length === 0) return;
    for (let row = 0; row < flows.length; row++) {
      // Whoever scans asks its ports as well, and uses nothing.
      if (flows.inside[row] === NO_ADDRESS || isProbe(flows, row)) continue;
      const application = applicationAt(flows, row);
      const number = office.forbidden.indexOf(application.name);
      if (number >= 0) this.#note(flows, row, number, application);
    }
  }

  #note(flows: InsideFlows, row: number, number: number, application: Application): void {
    const inside = flows.inside[row] as number;
    const use = this.#uses.at(flows.startMs[row] as number, inside, number);
    use.evidence.add(flows, row);
    if (flows.isUp[row] === 1) use.upOctets += flows.octets[row] as number;
    if (use.servers.size < MAX_SERVERS) use.servers.add(flows.server[row] as number);
    const { book, addresses } = this.#surroundings;
    if (use.alert !== undefined) book.changed(use.alert);
    // What only arrives is nobody's use.
    else if (use.upOctets > 0) {
      const address = addresses.addressOf(inside);
      use.alert = book.raise('forbidden-service', flows.receivedAtUs[row] as number, () => this.#tell(use, address, application));
    }
  }

  #tell({ evidence, servers, upOctets }: Use, inside: StoredAddress, { label }: Application): Telling {
    const who = this.#surroundings.office.who(inside, evidence.firstSeenMs);
    const { octets } = evidence;
    return {
      who,
      address: formatStored(inside),
      target: label,
      sentence: `${who} used ${label}, which the policy forbids: ${wordOctets(octets)}`,
      evidence: [
        evidence.sentence,
        `${wordOctets(upOctets)} up, ${wordOctets(octets - upOctets)} down, with ${wordCount(servers.size, 'address', 'addresses')}`,
      ],
      confidence: 0.95,
      ...evidence.seen,
    };
  }
}

export const forbiddenService: DetectorKind<Config> = {
  kind: 'forbidden-service',
  advice: {
    innocent: ['a program that uses it without being asked, as updaters of games do', 'a permission the policy does not know of'],
    next: ['ask whoever uses the device what it was for', 'change the policy where it is needed, else the device'],
  },
  create: (surroundings, config) => new ForbiddenServiceDetector(surroundings, config),
};
