import { SntpClient, type SntpClientOptions, type SntpOutput } from '../../core/ntp/sntp-client.ts';
import { Random } from '../../core/random/random.ts';
import { EventQueue } from '../../core/time/event-queue.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type TrueNs } from '../../core/time/instant.ts';
import { VirtualClock, type VirtualClockOptions } from '../../core/time/virtual-clock.ts';
import { NtpServer, type NtpServerOptions } from '../../ntp-server/server.ts';

export interface ClientWorldOptions {
  readonly seed?: number;
  readonly start?: string;
  readonly clientClock?: VirtualClockOptions;
  readonly serverClock?: VirtualClockOptions;
  readonly server?: Partial<NtpServerOptions>;
  readonly client?: Partial<SntpClientOptions>;
  /** Milliseconds of one way, or `undefined` when the datagram is lost. */
  readonly delayMs?: (random: Random, direction: 'request' | 'reply') => number | undefined;
  /** What arrives instead of the server's reply; a copy each. */
  readonly tamper?: (reply: Uint8Array, request: Uint8Array) => Uint8Array[];
}

export type Happening = Exclude<SntpOutput, { kind: 'send' }> & { readonly at: TrueNs };

interface Datagram {
  readonly direction: 'request' | 'reply';
  readonly payload: Uint8Array;
}

/** One client and one server under virtual time, joined by a link. */
export class ClientWorld {
  readonly clock: VirtualClock;
  readonly serverClock: VirtualClock;
  readonly client: SntpClient;
  readonly server: NtpServer;
  readonly happenings: Happening[] = [];
  readonly sentAt: TrueNs[] = [];
  now = trueNs(0);
  readonly #options: ClientWorldOptions;
  readonly #random: Random;
  readonly #underWay = new EventQueue<Datagram>();

  constructor(options: ClientWorldOptions = {}) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
    const epoch = { unixMs: Date.parse(options.start ?? '2026-03-02T08:00:00Z') };
    this.clock = new VirtualClock(options.clientClock);
    this.serverClock = new VirtualClock(options.serverClock);
    this.client = new SntpClient({ clock: this.clock, epoch, random: this.#random.fork('client'), ...options.client });
    this.server = new NtpServer({ clock: this.serverClock, epoch, ...options.server });
  }

  get samples(): Extract<Happening, { kind: 'sample' }>[] {
    return this.happenings.filter((happening) => happening.kind === 'sample');
  }

  get rejections(): string[] {
    return this.happenings.flatMap((happening) => (happening.kind === 'rejected' ? [happening.reason] : []));
  }

  /** Client against server: positive when the client is fast. */
  get errorNs(): number {
    return this.clock.read(this.now) - this.serverClock.read(this.now);
  }

  runFor(seconds: number): this {
    const until = after(this.now, seconds * NS_PER_S);
    for (;;) {
      const arrival = this.#underWay.nextInstant ?? Infinity;
      const timeout = this.client.nextTimeout() ?? Infinity;
      const next = Math.min(arrival, timeout);
      if (next > until) break;
      this.now = trueNs(Math.max(this.now, next));
      if (arrival <= timeout) this.#arrive(this.#underWay.pop());
      else this.client.handleTimeout(this.now);
      this.#drain();
    }
    this.now = until;
    return this;
  }

  /** The largest error at each full `everyS` of the next `seconds`. */
  worstErrorNs(seconds: number, everyS = 1): number {
    let worst = 0;
    for (let elapsed = 0; elapsed < seconds; elapsed += everyS) {
      this.runFor(everyS);
      worst = Math.max(worst, Math.abs(this.errorNs));
    }
    return worst;
  }

  #arrive({ direction, payload }: Datagram): void {
    if (direction === 'reply') return this.client.handle(this.now, { kind: 'datagram', payload });
    this.server.handle(this.now, { payload, source: { address: '192.0.2.1', port: 50_000 } });
    for (let reply = this.server.poll(); reply !== undefined; reply = this.server.poll()) {
      const { tamper = (whole) => [whole] } = this.#options;
      for (const copy of tamper(reply.payload, payload)) this.#send('reply', copy);
    }
  }

  #drain(): void {
    for (let output = this.client.poll(); output !== undefined; output = this.client.poll()) {
      if (output.kind !== 'send') this.happenings.push({ ...output, at: this.now });
      else {
        this.sentAt.push(this.now);
        this.#send('request', output.payload);
      }
    }
  }

  #send(direction: Datagram['direction'], payload: Uint8Array): void {
    const { delayMs = () => 0.3 } = this.#options;
    const delay = delayMs(this.#random, direction);
    if (delay !== undefined) this.#underWay.push(after(this.now, Math.round(delay * NS_PER_MS)), { direction, payload });
  }
}
