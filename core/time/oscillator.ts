import type { Random } from '../random/random.ts';
import { NS_PER_S, type TrueNs } from './instant.ts';

/** How an oscillator feels its surroundings: `linear * (T - T0) + parabolic * (T - T0)^2`, T a daily curve. */
export interface TemperatureModel {
  /** The mean of the day, and how far its warmest hour lies above that. */
  readonly meanC: number;
  readonly dailyAmplitudeC: number;
  /** True seconds from the scenario's epoch to a warmest instant. */
  readonly warmestAtS: number;
  /** T0: where the oscillator has its nominal frequency. */
  readonly turnoverC: number;
  readonly linearPpmPerC: number;
  readonly parabolicPpmPerC2: number;
}

export interface OscillatorOptions {
  /** Constant error in parts per million: positive gains time. */
  readonly driftPpm?: number;
  /** Change of the error in parts per million for each day. */
  readonly ageingPpmPerDay?: number;
  /** Standard deviation of the random walk of the error after one second; it grows with the square root of time. */
  readonly wanderPpm?: number;
  readonly temperature?: TemperatureModel | undefined;
  /** Further parts per million, asked once for each second in the order of time. */
  readonly frequencyPpm?: ((second: number) => number) | undefined;
  /** Where the random walk is drawn from. */
  readonly random?: Random;
}

/** As clknetsim evaluates its expressions: once a second. */
const EXPRESSION_PIECE_S = 1;
/**
 * Ageing, temperature and random walk change by less than a microsecond's worth in 16 seconds, which keeps a week of a noisy
 * clock to 37,800 segments.
 */
const MODEL_PIECE_S = 16;
const DAY_S = 86_400;
/** No clock runs backwards: clknetsim's limit. */
const MAX_PPM = 200_000;

/**
 * The frequency error of an oscillator as a function of true time: constant within pieces of one length. What is drawn by
 * chance is drawn piece by piece and remembered, so it depends neither on who asks nor in which order.
 */
export class Oscillator {
  /** The length of a piece; `Infinity` when the frequency never changes. */
  readonly pieceNs: number;
  readonly #options: OscillatorOptions;
  readonly #driftPpm: number;
  readonly #pieceS: number;
  /** Parts per million of the pieces so far. */
  readonly #ppm: number[] = [];
  #walkPpm = 0;

  constructor(options: OscillatorOptions = {}) {
    const { driftPpm = 0, ageingPpmPerDay = 0, wanderPpm = 0, temperature, frequencyPpm, random } = options;
    if (wanderPpm !== 0 && random === undefined) throw new RangeError('a random walk needs `random` to be drawn from');
    this.#options = options;
    this.#driftPpm = driftPpm;
    const isSteady = ageingPpmPerDay === 0 && wanderPpm === 0 && temperature === undefined;
    this.#pieceS = frequencyPpm !== undefined ? EXPRESSION_PIECE_S : isSteady ? Infinity : MODEL_PIECE_S;
    this.pieceNs = this.#pieceS * NS_PER_S;
  }

  /** The error in parts per million at `now`; the first piece's for what lies before the epoch. */
  ppmAt(now: TrueNs): number {
    if (this.pieceNs === Infinity) return this.#driftPpm;
    const piece = Math.max(0, Math.floor(now / this.pieceNs));
    while (this.#ppm.length <= piece) this.#ppm.push(this.#next(this.#ppm.length));
    return this.#ppm[piece] as number;
  }

  /** When the piece in force at `now` ends. */
  pieceEnd(now: TrueNs): TrueNs {
    if (this.pieceNs === Infinity) return Infinity as TrueNs;
    return ((Math.max(0, Math.floor(now / this.pieceNs)) + 1) * this.pieceNs) as TrueNs;
  }

  /** Smooth terms count by their value in the middle of the piece, which is their mean over it but for the fourth order. */
  #next(piece: number): number {
    const { ageingPpmPerDay = 0, wanderPpm = 0, temperature, frequencyPpm, random } = this.#options;
    const middleS = (piece + 0.5) * this.#pieceS;
    if (piece > 0 && wanderPpm !== 0) this.#walkPpm += (random as Random).normal(0, wanderPpm * Math.sqrt(this.#pieceS));
    const ppm =
      this.#driftPpm +
      (ageingPpmPerDay * middleS) / DAY_S +
      this.#walkPpm +
      (temperature === undefined ? 0 : temperaturePpm(temperature, middleS)) +
      (frequencyPpm === undefined ? 0 : frequencyPpm(piece * this.#pieceS));
    return Math.max(-MAX_PPM, Math.min(MAX_PPM, ppm));
  }
}

function temperaturePpm(model: TemperatureModel, atS: number): number {
  const { meanC, dailyAmplitudeC, warmestAtS, turnoverC, linearPpmPerC, parabolicPpmPerC2 } = model;
  const awayC = meanC + dailyAmplitudeC * Math.cos((2 * Math.PI * (atS - warmestAtS)) / DAY_S) - turnoverC;
  return linearPpmPerC * awayC + parabolicPpmPerC2 * awayC * awayC;
}
