import { SntpClient, type SntpClientOptions } from '../../core/ntp/sntp-client.ts';
import { Random } from '../../core/random/random.ts';
import { EventQueue } from '../../core/time/event-queue.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { NtpServer } from '../../ntp-server/server.ts';
import { DriftingClock } from './drifting-clock.ts';

/** Where the server sees requests come from. */
const CLIENT = { address: '192.0.2.1', port: 50_000 };

/** One client, one server whose clock is right, and the path between them, in seconds and fractions. */
export interface Situation {
  readonly seconds: number;
  /** The client's clock at the beginning: positive is fast. */
  readonly offsetS: number;
  readonly frequency: number;
  /** Standard deviation of the frequency's random walk after one second. */
  readonly wander: number;
  /** What temperature adds to the frequency. */
  readonly temperature?: (second: number) => number;
  /** The path without queues, there and back, and the mean of the exponential delay in queues, each way. */
  readonly delayS: readonly [there: number, back: number];
  readonly jitterS: number;
  readonly loss: number;
  /** `undefined` leaves the clock alone. */
  readonly client: Partial<SntpClientOptions> | undefined;
  /** The first second whose error counts. */
  readonly countFromS: number;
}

export interface Outcome {
  readonly rmsOffsetS: number;
  readonly maxOffsetS: number;
  readonly meanOffsetS: number;
  readonly rmsFrequency: number;
  /** The first second from which the error stays below 1 ms; infinite when there is none. */
  readonly syncS: number;
}

type Datagram = readonly [to: 'client' | 'server', payload: Uint8Array];
const SYNC_NS = 1_000_000;

/** Lives through a situation, second by second and datagram by datagram, without sockets. */
export function runSituation(situation: Situation, seed: number): Outcome {
  const random = new Random(seed);
  const statistics = new Statistics(situation.countFromS);
  const clock = new DriftingClock({
    offsetNs: situation.offsetS * NS_PER_S,
    frequency: wandering(situation, random.fork('wander')),
    onSecond: (second, errorNs, frequency) => statistics.add(second, errorNs, frequency),
  });
  const end = trueNs(situation.seconds * NS_PER_S);
  if (situation.client !== undefined) keep(clock, situation, situation.client, random, end);
  clock.advance(end);
  return statistics.outcome;
}

function keep(
  clock: DriftingClock,
  { delayS, jitterS, loss }: Situation,
  options: Partial<SntpClientOptions>,
  random: Random,
  end: TrueNs,
): void {
  const epoch = { unixMs: Date.parse('2026-03-02T08:00:00Z') };
  const client = new SntpClient({ clock, epoch, random: random.fork('client'), ...options });
  const server = new NtpServer({ clock: new VirtualClock(), epoch });
  const underWay = new EventQueue<Datagram>();
  const path = random.fork('path');
  const send = (now: TrueNs, to: Datagram[0], payload: Uint8Array): void => {
    if (path.chance(loss)) return;
    const seconds = delayS[to === 'server' ? 0 : 1] + (jitterS === 0 ? 0 : path.exponential(jitterS));
    underWay.push(after(now, Math.round(seconds * NS_PER_S)), [to, payload]);
  };
  for (;;) {
    const timeout = client.nextTimeout() ?? Infinity;
    const arrival = underWay.nextInstant ?? Infinity;
    const now = trueNs(Math.min(timeout, arrival));
    if (now > end) return;
    if (timeout <= arrival) client.handleTimeout(now);
    else {
      const [to, payload] = underWay.pop();
      if (to === 'server') server.handle(now, { payload, source: CLIENT });
      else client.handle(now, { kind: 'datagram', payload });
    }
    for (let reply = server.poll(); reply !== undefined; reply = server.poll()) send(now, 'client', reply.payload);
    for (let output = client.poll(); output !== undefined; output = client.poll())
      if (output.kind === 'send') send(now, 'server', output.payload);
  }
}

function wandering({ frequency, wander, temperature }: Situation, random: Random): (second: number) => number {
  let walked = frequency;
  return (second) => {
    if (wander > 0) walked += random.normal(0, wander);
    return temperature === undefined ? walked : walked + temperature(second);
  };
}

class Statistics {
  readonly #countFromS: number;
  #seconds = 0;
  #squares = 0;
  #sum = 0;
  #most = 0;
  #frequencySquares = 0;
  #lastWrongS = 0;
  #second = 0;

  constructor(countFromS: number) {
    this.#countFromS = countFromS;
  }

  add(second: number, errorNs: number, frequency: number): void {
    const size = Math.abs(errorNs);
    this.#second = second;
    if (size >= SYNC_NS) this.#lastWrongS = second;
    if (second < this.#countFromS) return;
    this.#seconds++;
    this.#sum += errorNs;
    this.#squares += errorNs * errorNs;
    this.#most = Math.max(this.#most, size);
    this.#frequencySquares += frequency * frequency;
  }

  get outcome(): Outcome {
    return {
      rmsOffsetS: Math.sqrt(this.#squares / this.#seconds) / NS_PER_S,
      maxOffsetS: this.#most / NS_PER_S,
      meanOffsetS: this.#sum / this.#seconds / NS_PER_S,
      rmsFrequency: Math.sqrt(this.#frequencySquares / this.#seconds),
      syncS: this.#lastWrongS === this.#second ? Infinity : this.#lastWrongS + 1,
    };
  }
}
