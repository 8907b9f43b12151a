import { NS_PER_S, type DurationNs, type Epoch, type TrueNs } from '../time/instant.ts';
import type { Machine } from '../time/machine.ts';
import type { Receipt } from './association.ts';
import { ClockDiscipline, type AdjustableClock } from './discipline.ts';
import { announcedLeap } from './leap-announcement.ts';
import { combine, selectServers, type Selection } from './selection.ts';
import { MAX_FREQUENCY_PPM } from './offset-estimator.ts';
import { BURST_REPLIES, Source, type SourceOptions } from './source.ts';
import type { ClockReading } from './request-log.ts';
import { ntpTimestamp } from './timestamp.ts';

export interface SntpClientOptions extends SourceOptions {
  /** The clock that is read for timestamps and corrected by samples. */
  readonly clock: AdjustableClock;
  readonly epoch: Epoch;
  /** What the driver calls the servers; one, called `server`, unless told. */
  readonly servers?: readonly string[];
  /** A larger error is stepped, a smaller one slewed; 128 ms unless told. */
  readonly stepThresholdMs?: number;
  /** The fastest slew, in parts per million; 500 unless told. */
  readonly maxSlewPpm?: number;
  /** Once the clock has been set, an error of more seconds is refused; 1000 unless told (RFC 5905 section 11.3). */
  readonly panicThresholdS?: number;
}

export interface SntpInput {
  readonly kind: 'datagram';
  readonly payload: Uint8Array;
  /** Who sent it, by address and port (RFC 4330 section 5, checks 1 and 2); the first server unless told. */
  readonly server?: string;
}

export type SntpOutput =
  | ({ readonly server: string } & (
      | { readonly kind: 'send'; readonly payload: Uint8Array }
      | {
          readonly kind: 'sample';
          /** What the server's clock is ahead of ours. */
          readonly offsetNs: DurationNs;
          readonly delayNs: DurationNs;
          /** What was done about it: nothing as long as there is no majority, or when the server is not part of it. */
          readonly action: 'step' | 'slew' | 'none';
        }
      | { readonly kind: 'rejected'; readonly reason: string }
      | { readonly kind: 'unreachable' }
    ))
  | ServerSelection;

/** Whom the client follows from now on, told when it changes and there are several servers. No survivors: no majority. */
export interface ServerSelection {
  readonly kind: 'selection';
  readonly survivors: readonly string[];
  readonly falsetickers: readonly string[];
}

/** A correction is spread over this part of the time until the next sample. */
const SPREAD = 0.5;
/**
 * One of no more than so many standard deviations of the offset is as likely noise as error: over twice the time, of which the next sample
 * takes over half, the clock's rate is more even for it.
 */
const DOUBTFUL_DEVIATIONS = 1.5;
const DOUBTFUL_SPREAD = 2;
/** A sample further off than so many times the jitter says the clock is not steady (RFC 5905 section 13, PGATE). */
const STEADY_JITTERS = 4;
/** Outputs nobody has fetched; more replies than that are dropped unread. */
const MAX_OUTPUTS = 256;

/**
 * An SNTP client (RFC 4330, RFC 5905 section 14) that keeps one clock by one server or by the majority of several. Timestamps are
 * the clock's own readings.
 */
export class SntpClient implements Machine<SntpInput, SntpOutput> {
  readonly #options: SntpClientOptions;
  readonly #discipline: ClockDiscipline;
  readonly #sources: readonly Source[];
  readonly #outputs: SntpOutput[] = [];
  readonly #panicThresholdNs: DurationNs;
  #selected = '';
  #hasBegun = false;
  #isSet = false;

  constructor(options: SntpClientOptions) {
    const { clock, servers = ['server'], stepThresholdMs = 128 } = options;
    const { maxSlewPpm = 500, maxFrequencyPpm = MAX_FREQUENCY_PPM } = options;
    this.#options = options;
    this.#panicThresholdNs = (options.panicThresholdS ?? 1_000) * NS_PER_S;
    this.#discipline = new ClockDiscipline({ clock, stepThresholdMs, maxSlewPpm, maxFrequencyPpm });
    this.#sources = servers.map((server) => new Source(server, clock.resolutionNs, options));
  }

  /** The frequency correction the client has arrived at, in parts per million: what a drift file keeps. */
  get frequencyPpm(): number {
    return this.#discipline.frequencyPpm;
  }

  handle(now: TrueNs, { payload, server }: SntpInput): void {
    if (this.#outputs.length >= MAX_OUTPUTS) return;
    const source = server === undefined ? this.#sources[0] : this.#sources.find((known) => known.server === server);
    if (source === undefined) return this.#reject(server ?? '', 'source');
    const receipt = source.association.receive(now, payload, this.#read(now));
    if (receipt.kind === 'rejected') this.#reject(source.server, receipt.reason);
    else this.#take(now, source, receipt);
  }

  handleTimeout(now: TrueNs): void {
    for (const { association, server } of this.#sources) {
      if (association.nextPoll === undefined || now < association.nextPoll) continue;
      this.#begin(now);
      const wasUnreachable = association.isUnreachable;
      this.#outputs.push({ kind: 'send', server, payload: association.ask(now, this.#read(now)) });
      if (association.isUnreachable && !wasUnreachable) this.#outputs.push({ kind: 'unreachable', server });
    }
  }

  nextTimeout(): TrueNs | undefined {
    let next: TrueNs | undefined;
    for (const { association } of this.#sources) {
      const { nextPoll } = association;
      if (nextPoll !== undefined && (next === undefined || nextPoll < next)) next = nextPoll;
    }
    return next;
  }

  poll(): SntpOutput | undefined {
    return this.#outputs.shift();
  }

  #read(now: TrueNs): ClockReading {
    const { clock, epoch } = this.#options;
    return { timestamp: ntpTimestamp(epoch, clock.read(now)), correctedNs: this.#discipline.correctedNs(now) };
  }

  /** A remembered frequency is in force as soon as the client lives. */
  #begin(now: TrueNs): void {
    const { frequencyPpm } = this.#options;
    if (!this.#hasBegun && frequencyPpm !== undefined) this.#discipline.setFrequency(now, frequencyPpm);
    this.#hasBegun = true;
  }

  #take(now: TrueNs, { server, association, estimator }: Source, receipt: Extract<Receipt, { kind: 'measured' }>): void {
    const { offsetNs, delayNs } = receipt.measurement;
    const { verdict, surpriseNs } = estimator.add(receipt);
    if (verdict === 'outlier') {
      if (estimator.isSuspicious) association.askSoon(now);
      return this.#reject(server, 'outlier');
    }
    const { jitterNs = Infinity } = association.statistics(now) ?? {};
    association.adaptInterval(Math.abs(surpriseNs) < STEADY_JITTERS * jitterNs);
    association.filter.add({ at: receipt.at, offsetNs: surpriseNs, delayNs, dispersionNs: receipt.measurement.dispersionNs });
    const action = this.#update(now, server);
    if (action === 'panic') this.#reject(server, 'panic');
    else this.#outputs.push({ kind: 'sample', server, offsetNs, delayNs: Math.max(0, delayNs), action });
  }

  /** Selects whom to believe and corrects the clock when the server that has just been heard is one of them. */
  #update(now: TrueNs, server: string): 'step' | 'slew' | 'none' | 'panic' {
    if (this.#sources.some(({ association }) => association.isStillToBeHeard(BURST_REPLIES))) return 'none';
    const selection = selectServers(this.#sources.flatMap((source) => source.candidate(now) ?? []));
    this.#announce(selection);
    const { survivors } = selection;
    if (!survivors.some((survivor) => survivor.server === server)) return 'none';
    const offsetNs = combine(survivors, (survivor) => survivor.offsetNs);
    const errorNs = offsetNs - this.#discipline.correctedNs(now);
    if (this.#isSet && Math.abs(errorNs) > this.#panicThresholdNs) return 'panic';
    this.#isSet = true;
    const isDoubtful = Math.abs(errorNs) < DOUBTFUL_DEVIATIONS * combine(survivors, ({ deviationNs }) => deviationNs);
    const spreadNs = ((this.nextTimeout() ?? now) - now) * (isDoubtful ? DOUBTFUL_SPREAD : SPREAD);
    const slope = combine(survivors, (survivor) => survivor.slope);
    const action = this.#discipline.correct(now, offsetNs, slope, Math.max(1, spreadNs));
    // Not a correction: the servers leap as well, so what is known of their offsets stays true.
    const { clock, epoch } = this.#options;
    const indicators = survivors.map(({ leap }) => leap);
    clock.expectLeap(now, announcedLeap(indicators, epoch, clock.read(now)));
    return action;
  }

  #announce(selection: Selection): void {
    if (this.#sources.length < 2) return;
    const survivors = selection.survivors.map(({ server }) => server);
    const falsetickers = selection.falsetickers.map(({ server }) => server);
    const selected = JSON.stringify([survivors.toSorted(), falsetickers.toSorted()]);
    if (selected !== this.#selected) this.#outputs.push({ kind: 'selection', survivors, falsetickers });
    this.#selected = selected;
  }

  #reject(server: string, reason: string): void {
    this.#outputs.push({ kind: 'rejected', server, reason });
  }
}
