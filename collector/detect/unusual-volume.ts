import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount, wordNumber, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import type { Case } from './alert-book.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import { Evidence } from './evidence.ts';
import type { InsideFlows } from './inside-flows.ts';

const times = z.number().min(1).max(1e6);

export const unusualVolumeSchema = z.strictObject({
  minGigabytes: z
    .number()
    .min(0.001)
    .max(1e6)
    .default(5)
    .describe('Gigabytes of a day, both ways, below which nothing is unusual.'),
  timesOwn: times.default(4).describe("How many times the largest of the device's own days makes a day unusual."),
  minDays: z
    .int()
    .min(1)
    .max(30)
    .default(3)
    .describe('Days with traffic of its own that a device is compared with; until then, with colleagues alone.'),
  timesColleagues: times
    .default(20)
    .describe(
      "How many times the median of all devices' day makes a day unusual where the own history is too short; people differ tenfold.",
    ),
  minColleagues: z
    .int()
    .min(1)
    .max(10_000)
    .default(8)
    .describe('Devices with traffic that day which are enough to compare with.'),
  maxDevices: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(16_384)
    .describe('Devices whose days are remembered; further ones are not watched (forgottenKeys).'),
});

type Config = z.output<typeof unusualVolumeSchema>;

const DAY_MS = 86_400_000;
/** Days of its own that a device is compared with. */
const MAX_DAYS = 30;
/** A day is closed so long after its end, when the records of its last flows have come: the longest usual active timeout. */
const CLOSING_MS = 30 * 60_000;

/** The days of a device. */
interface Volume {
  readonly device: StoredAddress;
  /** Octets of the days before, the oldest first; without those it was silent on. */
  readonly past: number[];
  /** Of the day that is not closed yet, and of the one after. */
  today: Day;
  tomorrow: Day;
  alert: Case | undefined;
}

class Day {
  octets = 0;
  readonly evidence = new Evidence();
}

/** What a day's volume is held against. */
interface Yardstick {
  readonly octets: number;
  readonly sentence: string;
}

/** A day on which a device moved far more than on its own days before, or than its colleagues. Days are of 24 hours from the first flow on. */
class UnusualVolumeDetector implements Detector {
  forgotten = 0;
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #volumes = new Map<number, Volume>();
  /** When the day that is not closed yet began. */
  #dayMs: number | undefined;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
  }

  handle(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      const inside = flows.inside[row] as number;
      if (inside !== NO_ADDRESS) this.#note(flows, row, inside);
    }
  }

  #note(flows: InsideFlows, row: number, inside: number): void {
    const startMs = flows.startMs[row] as number;
    this.#dayMs ??= startMs;
    // A clock that was set may tell of any day: what lies too far ahead closes one day after the other, what lies behind is of today.
    if (startMs >= this.#dayMs + DAY_MS + CLOSING_MS) this.#close(flows.receivedAtUs[row] as number, startMs);
    const volume = this.#volumeOf(inside);
    if (volume === undefined) return;
    const day = startMs < this.#dayMs + DAY_MS ? volume.today : volume.tomorrow;
    day.octets += (flows.octets[row] as number) * (flows.samplingInterval[row] as number);
    day.evidence.add(flows, row);
  }

  #volumeOf(inside: number): Volume | undefined {
    const known = this.#volumes.get(inside);
    if (known !== undefined) return known;
    if (this.#volumes.size >= this.#config.maxDevices) {
      this.forgotten++;
      return undefined;
    }
    const device = this.#surroundings.addresses.addressOf(inside);
    const volume: Volume = { device, past: [], today: new Day(), tomorrow: new Day(), alert: undefined };
    this.#volumes.set(inside, volume);
    return volume;
  }

  /** The day is over: what was unusual of it is told, and the next begins. Days without any flow leave no trace. */
  #close(atUs: number, nowMs: number): void {
    const volumes = [...this.#volumes.values()];
    const active = volumes.map(({ today }) => today.octets).filter((octets) => octets > 0);
    for (const volume of volumes) {
      this.#judge(volume, active, atUs);
      if (volume.today.octets > 0) volume.past.push(volume.today.octets);
      if (volume.past.length > MAX_DAYS) volume.past.shift();
      volume.today = volume.tomorrow;
      volume.tomorrow = new Day();
    }
    const dayMs = (this.#dayMs as number) + DAY_MS;
    this.#dayMs = dayMs + DAY_MS * Math.max(0, Math.floor((nowMs - CLOSING_MS - dayMs) / DAY_MS));
  }

  #judge(volume: Volume, active: readonly number[], atUs: number): void {
    const yardstick = this.#yardstick(volume, active);
    const { octets, evidence } = volume.today;
    if (yardstick === undefined || octets < this.#config.minGigabytes * 1e9 || octets < yardstick.octets) return;
    volume.alert = this.#surroundings.book.raise('unusual-volume', atUs, () =>
      this.#tell(volume.device, octets, evidence, yardstick.sentence),
    );
  }

  #yardstick({ past }: Volume, active: readonly number[]): Yardstick | undefined {
    const { minDays, timesOwn, minColleagues, timesColleagues } = this.#config;
    if (past.length >= minDays) {
      const most = Math.max(...past);
      const sentence = `its largest of ${wordCount(past.length, 'day')} before was ${wordOctets(most)}`;
      return { octets: timesOwn * most, sentence };
    }
    if (active.length <= minColleagues) return undefined;
    const median = active.toSorted((one, other) => one - other)[Math.floor(active.length / 2)] as number;
    return {
      octets: timesColleagues * median,
      sentence: `half of ${wordNumber(active.length)} devices used less than ${wordOctets(median)}`,
    };
  }

  #tell(device: StoredAddress, octets: number, evidence: Evidence, comparison: string): Telling {
    const who = this.#surroundings.office.who(device, evidence.firstSeenMs);
    return {
      who,
      address: formatStored(device),
      target: '',
      sentence: `${who} used ${wordOctets(octets)} in a day, far more than usual`,
      evidence: [comparison, evidence.sentence],
      confidence: 0.7,
      ...evidence.seen,
    };
  }
}

export const unusualVolume: DetectorKind<Config> = {
  kind: 'unusual-volume',
  advice: {
    innocent: [
      'a new computer that is set up, or a backup that is made for the first time',
      'an update that is large, or a project with large files',
      'somebody who came back and whose devices catch up',
    ],
    next: [
      'see which application and which server most of it was for',
      'ask whoever uses the device',
      'compare with the days after',
    ],
  },
  create: (surroundings, config) => new UnusualVolumeDetector(surroundings, config),
};
