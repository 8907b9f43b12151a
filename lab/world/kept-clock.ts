import { SntpClient } from '../../core/ntp/sntp-client.ts';
import type { Random } from '../../core/random/random.ts';
import { NS_PER_MS, NS_PER_S, trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { NtpServer } from '../../ntp-server/server.ts';
import type { Link } from '../faults/link.ts';
import type { Actor, Kernel } from '../kernel/kernel.ts';
import { LockStepWire } from '../kernel/lock-step-wire.ts';
import { clockOf, type ClockConfig } from '../scenario/clock.ts';

/** What the SNTP client of a clock measured: errors, so positive is fast. */
export interface Measured {
  firstErrorMs: number | undefined;
  lastErrorMs: number | undefined;
  firstSyncAt: TrueNs | undefined;
}

/** How long after its first sample a clock counts as kept: the first corrections are slewed, not stepped. */
const SETTLING_NS = 120 * NS_PER_S;
const SAMPLE_EVERY_NS = 5 * NS_PER_S;

/** A device's clock and, unless the scenario leaves it alone, the SNTP client that keeps it over real sockets. */
export class KeptClock implements Actor {
  readonly clock: VirtualClock;
  readonly measured: Measured = { firstErrorMs: undefined, lastErrorMs: undefined, firstSyncAt: undefined };
  readonly #client: SntpClient | undefined;
  readonly #server: NtpServer<string>;
  readonly #link: Link;
  #kernel: Kernel | undefined;
  #wires: { readonly request: LockStepWire; readonly reply: LockStepWire } | undefined;

  constructor(config: ClockConfig, epoch: Epoch, random: Random, server: NtpServer<string>, link: Link) {
    this.clock = clockOf(config);
    this.#server = server;
    this.#link = link;
    if (config.ntp) this.#client = new SntpClient({ clock: this.clock, epoch, random, pollIntervalS: config.pollIntervalS });
  }

  get isKept(): boolean {
    return this.#client !== undefined;
  }

  async open(kernel: Kernel): Promise<void> {
    this.#kernel = kernel;
    if (this.isKept) this.#wires = { request: await LockStepWire.open(), reply: await LockStepWire.open() };
  }

  async close(): Promise<void> {
    await this.#wires?.request.close();
    await this.#wires?.reply.close();
  }

  nextTimeout(): TrueNs | undefined {
    return this.#client?.nextTimeout();
  }

  wake(now: TrueNs): void {
    this.#client?.handleTimeout(now);
    this.#drain(now);
  }

  /** The largest true error, without sign, from when the clock is kept on; of the whole run when it is not. */
  maxErrorMs(end: TrueNs): number {
    const from = this.measured.firstSyncAt === undefined ? 0 : this.measured.firstSyncAt + SETTLING_NS;
    let most = Math.abs(this.clock.errorNs(end));
    for (let at = from; at < end; at += SAMPLE_EVERY_NS) most = Math.max(most, Math.abs(this.clock.errorNs(trueNs(at))));
    return most / NS_PER_MS;
  }

  #drain(now: TrueNs): void {
    for (let output = this.#client?.poll(); output !== undefined; output = this.#client?.poll()) {
      if (output.kind === 'send') this.#ask(now, output.payload);
      if (output.kind !== 'sample') continue;
      // The offset is what the clock lacks (RFC 5905 section 8), its error the opposite.
      const errorMs = -output.offsetNs / NS_PER_MS;
      this.measured.firstErrorMs ??= errorMs;
      this.measured.lastErrorMs = errorMs;
      this.measured.firstSyncAt ??= now;
    }
  }

  #ask(now: TrueNs, payload: Uint8Array): void {
    const kernel = this.#kernel as Kernel;
    for (const arrival of this.#link.arrivals(now)) {
      kernel.at(arrival, async () => {
        const request = await this.#wires?.request.cross(payload);
        if (request === undefined) return;
        this.#server.handle(kernel.now, { payload: request.payload, source: 'client' });
        for (let reply = this.#server.poll(); reply !== undefined; reply = this.#server.poll())
          this.#answer(kernel.now, reply.payload);
      });
    }
  }

  #answer(now: TrueNs, payload: Uint8Array): void {
    const kernel = this.#kernel as Kernel;
    for (const arrival of this.#link.arrivals(now)) {
      kernel.at(arrival, async () => {
        const reply = await this.#wires?.reply.cross(payload);
        if (reply === undefined) return;
        this.#client?.handle(kernel.now, { kind: 'datagram', payload: reply.payload });
        this.#drain(kernel.now);
      });
    }
  }
}
