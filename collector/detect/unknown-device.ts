import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import { applicationAt } from './contact.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { RecentStates } from './recent-states.ts';
import { Suspicion } from './suspicion.ts';

export const unknownDeviceSchema = z.strictObject({
  maxDevices: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(16_384)
    .describe(
      'Inside addresses that are remembered; beyond it those seen longest ago are forgotten, and told again (forgottenKeys).',
    ),
});

class Device extends Suspicion {
  /** Whether the inventory has it, asked anew for each batch: leases come. */
  isKnown = false;
  askedIn = -1;
  readonly octetsByLabel = new Map<string, number>();
}

/** Applications of a device told apart. */
const MAX_LABELS = 64;

/** Inside addresses that send something and are in no inventory. What only arrives for an address is nobody's doing there. */
class UnknownDeviceDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #devices: RecentStates<Device>;
  #batch = 0;

  constructor(surroundings: Surroundings, { maxDevices }: z.output<typeof unknownDeviceSchema>) {
    this.#surroundings = surroundings;
    this.#devices = new RecentStates(maxDevices, () => new Device());
  }

  get forgotten(): number {
    return this.#devices.forgotten;
  }

  handle(flows: InsideFlows): void {
    this.#batch++;
    for (let row = 0; row < flows.length; row++) {
      const inside = flows.inside[row] as number;
      if (inside !== NO_ADDRESS && !this.#isKnown(inside)) this.#note(flows, row);
    }
  }

  #isKnown(inside: number): boolean {
    const device = this.#devices.of(inside);
    if (device.askedIn !== this.#batch) {
      const { addresses, office } = this.#surroundings;
      device.askedIn = this.#batch;
      device.isKnown = office.knows(addresses.addressOf(inside));
    }
    return device.isKnown;
  }

  #note(flows: InsideFlows, row: number): void {
    const { book, addresses } = this.#surroundings;
    const inside = flows.inside[row] as number;
    const device = this.#devices.of(inside);
    device.evidence.add(flows, row);
    const { label } = applicationAt(flows, row);
    const octets = device.octetsByLabel.get(label) ?? 0;
    if (octets > 0 || device.octetsByLabel.size < MAX_LABELS)
      device.octetsByLabel.set(label, octets + (flows.octets[row] as number));
    if (device.alert !== undefined) book.changed(device.alert);
    else if (flows.isUp[row] === 1) {
      const address = addresses.addressOf(inside);
      device.alert = book.raise('unknown-device', flows.receivedAtUs[row] as number, () => tell(device, address));
    }
  }
}

function tell({ evidence, octetsByLabel }: Device, inside: StoredAddress): Telling {
  const address = formatStored(inside);
  const largest = [...octetsByLabel].sort(([, one], [, other]) => other - one).slice(0, 3);
  return {
    who: address,
    address,
    target: '',
    sentence: `${address} is in no inventory and used ${wordOctets(evidence.octets)}`,
    evidence: [evidence.sentence, `mostly ${largest.map(([label, octets]) => `${label} (${wordOctets(octets)})`).join(', ')}`],
    confidence: 0.9,
    ...evidence.seen,
  };
}

export const unknownDevice: DetectorKind<z.output<typeof unknownDeviceSchema>> = {
  kind: 'unknown-device',
  advice: {
    innocent: ['a new device that nobody wrote down yet', "somebody's own telephone or a guest's computer"],
    next: [
      'find it: the switch knows at which port or access point its hardware address is',
      'ask who brought it and what for, then write it down or take it off',
      'see what it did: other alerts of the same address',
    ],
  },
  create: (surroundings, config) => new UnknownDeviceDetector(surroundings, config),
};
