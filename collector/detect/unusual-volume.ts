import { z } from 'zod';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount, wordNumber, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
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
  minUploadGigabytes: z
    .number()
    .min(0.001)
    .max(1e6)
    .default(1)
    .describe('The same of what is sent, which is held against the own days alone: to whatever service, it is gone.'),
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

const DAY_US = 86_400e6;
/** Numbers of addresses, most of which are of those devices. */
const MAX_NUMBERS = 2 ** 17;
/** Days of its own that a device is compared with. */
const MAX_DAYS = 30;

/** The days of a device. */
interface Volume {
  readonly device: StoredAddress;
  /** The days before, the oldest first; without those it was silent on. */
  readonly past: Pick<Day, 'octets' | 'upOctets'>[];
  today: Day;
}

class Day {
  /** Of both directions, and up alone. */
  octets = 0;
  upOctets = 0;
  readonly evidence = new Evidence();
}

/** What a day's volume is held against. */
interface Yardstick {
  readonly octets: number;
  readonly sentence: string;
}

/** How much more than usual there was, and of what. */
interface Excess {
  readonly octets: number;
  readonly verb: 'used' | 'sent';
  readonly comparison: string;
}

/**
 * A day on which a device moved far more than on its own days before, or than its colleagues. Days are of 24 hours from the first record
 * on, by when records came: a router's clock that is set may tell of any day, and one time far ahead would be the last day there is.
 */
class UnusualVolumeDetector implements Detector {
  forgotten = 0;
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #volumes = new Map<StoredAddress, Volume>();
  /** The same by the number an address has today: who was forgotten and comes back has another. */
  readonly #byNumber = new Map<number, Volume>();
  /** When today began, by the collector's clock. */
  #dayUs: number | undefined;

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
    const atUs = flows.receivedAtUs[row] as number;
    this.#dayUs ??= atUs;
    if (atUs >= this.#dayUs + DAY_US) this.#close(this.#dayUs, atUs);
    const volume = this.#volumeOf(inside);
    if (volume === undefined) return;
    const octets = (flows.octets[row] as number) * (flows.samplingInterval[row] as number);
    volume.today.octets += octets;
    if (flows.isUp[row] === 1) volume.today.upOctets += octets;
    volume.today.evidence.add(flows, row);
  }

  #volumeOf(inside: number): Volume | undefined {
    const known = this.#byNumber.get(inside);
    if (known !== undefined) return known;
    const device = this.#surroundings.addresses.addressOf(inside);
    let volume = this.#volumes.get(device);
    if (volume === undefined) {
      if (this.#volumes.size >= this.#config.maxDevices) {
        this.forgotten++;
        return undefined;
      }
      volume = { device, past: [], today: new Day() };
      this.#volumes.set(device, volume);
    }
    if (this.#byNumber.size >= MAX_NUMBERS) this.#byNumber.clear();
    this.#byNumber.set(inside, volume);
    return volume;
  }

  /** The day is over: what was unusual of it is told, and the next begins. Days without any flow leave no trace. */
  #close(dayUs: number, atUs: number): void {
    const volumes = [...this.#volumes.values()];
    const active = volumes.map(({ today }) => today.octets).filter((octets) => octets > 0);
    const colleagues = this.#colleaguesYardstick(active);
    for (const volume of volumes) {
      this.#judge(volume, colleagues, atUs);
      const { octets, upOctets } = volume.today;
      if (octets > 0) volume.past.push({ octets, upOctets });
      if (volume.past.length > MAX_DAYS) volume.past.shift();
      volume.today = new Day();
    }
    this.#dayUs = dayUs + DAY_US * Math.floor((atUs - dayUs) / DAY_US);
  }

  #judge(volume: Volume, colleagues: Yardstick | undefined, atUs: number): void {
    const { minGigabytes, minUploadGigabytes } = this.#config;
    const { device, today } = volume;
    const sent = excessOf('sent', today.upOctets, minUploadGigabytes * 1e9, this.#ownYardstick(volume, 'upOctets'));
    const used = excessOf('used', today.octets, minGigabytes * 1e9, this.#ownYardstick(volume, 'octets') ?? colleagues);
    const excess = sent ?? used;
    if (excess === undefined) return;
    this.#surroundings.book.raise('unusual-volume', atUs, () => this.#tell(device, excess, today.evidence));
  }

  #ownYardstick({ past }: Volume, of: 'octets' | 'upOctets'): Yardstick | undefined {
    if (past.length < this.#config.minDays) return undefined;
    const most = Math.max(...past.map((day) => day[of]));
    const sentence = `its largest of ${wordCount(past.length, 'day')} before was ${wordOctets(most)}`;
    return { octets: this.#config.timesOwn * most, sentence };
  }

  #colleaguesYardstick(active: readonly number[]): Yardstick | undefined {
    const { minColleagues, timesColleagues } = this.#config;
    if (active.length <= minColleagues) return undefined;
    const median = active.toSorted((one, other) => one - other)[Math.floor(active.length / 2)] as number;
    const sentence = `half of ${wordNumber(active.length)} devices used less than ${wordOctets(median)}`;
    return { octets: timesColleagues * median, sentence };
  }

  #tell(device: StoredAddress, { octets, verb, comparison }: Excess, evidence: Evidence): Telling {
    const who = this.#surroundings.office.who(device, evidence.firstSeenMs);
    return {
      who,
      address: formatStored(device),
      target: '',
      sentence: `${who} ${verb} ${wordOctets(octets)} in a day, far more than usual`,
      evidence: [comparison, evidence.sentence],
      confidence: 0.7,
      ...evidence.seen,
    };
  }
}

function excessOf(verb: Excess['verb'], octets: number, least: number, yardstick: Yardstick | undefined): Excess | undefined {
  if (yardstick === undefined || octets < least || octets < yardstick.octets) return undefined;
  return { octets, verb, comparison: yardstick.sentence };
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
