import { formatIPv4 } from '../../core/net/address.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import { decodePacket } from '../../core/ntp/packet.ts';
import { SntpClient } from '../../core/ntp/sntp-client.ts';
import type { Random } from '../../core/random/random.ts';
import { NS_PER_MS, NS_PER_S, trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { Actor, Kernel } from '../kernel/kernel.ts';
import { LockStepWire } from '../kernel/lock-step-wire.ts';
import type { ClockConfig } from '../scenario/clock.ts';
import { deviceClock, rebootsOf } from './device-clock.ts';
import { ExchangeLog, type Departure, type Exchange } from './exchange-log.ts';
import type { AskedServer } from './ntp-servers.ts';
import { CLIENT_PORT, type TappedPacket } from './ntp-tap.ts';
import { SelectionLog, type SelectionSummary } from './selection-log.ts';

/** What the SNTP client of a clock measured by a server it believed: errors, so positive is fast. */
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
  readonly #config: ClockConfig;
  readonly #epoch: Epoch;
  readonly #random: Random;
  readonly #source: Endpoint;
  readonly #servers: ReadonlyMap<string, AskedServer>;
  readonly #selections: SelectionLog;
  readonly #log: ExchangeLog;
  readonly #tap: ((packet: TappedPacket) => void) | undefined;
  /** Still to come, the next one first. */
  readonly #reboots: TrueNs[];
  #client: SntpClient | undefined;
  #kernel: Kernel | undefined;
  #wires: { readonly request: LockStepWire; readonly reply: LockStepWire } | undefined;

  /** `address`: IPv4, where the server sees the requests come from; `tap` is told each packet. */
  constructor(
    config: ClockConfig,
    epoch: Epoch,
    random: Random,
    address: number,
    servers: readonly AskedServer[],
    tap?: (packet: TappedPacket) => void,
  ) {
    this.#config = config;
    this.#epoch = epoch;
    this.#random = random;
    this.#source = { address: formatIPv4(address), port: CLIENT_PORT };
    this.#servers = new Map(servers.map((server) => [server.name, server]));
    this.#selections = new SelectionLog(this.#names);
    this.#log = new ExchangeLog(epoch);
    this.#tap = tap;
    this.clock = this.untouched();
    this.#reboots = config.ntp ? rebootsOf(config) : [];
    if (config.ntp) this.#client = this.#newClient(random);
  }

  /** The clock as it would be had nobody kept it. */
  untouched(): VirtualClock {
    return deviceClock(this.#config, this.#epoch, this.#random.fork('clock'));
  }

  /** What its servers answered so far, the oldest first. */
  get exchanges(): readonly Exchange[] {
    return this.#log.exchanges;
  }

  get isKept(): boolean {
    return this.#client !== undefined;
  }

  /** What the client made of its servers; `undefined` when there is only one to believe. */
  selection(end: TrueNs): SelectionSummary | undefined {
    return this.isKept && this.#servers.size > 1 ? this.#selections.summary(end) : undefined;
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
    const poll = this.#client?.nextTimeout();
    const reboot = this.#reboots[0];
    return poll === undefined || (reboot !== undefined && reboot < poll) ? reboot : poll;
  }

  wake(now: TrueNs): void {
    while ((this.#reboots[0] ?? Infinity) <= now) this.#restart(this.#reboots.shift() as TrueNs);
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

  /** A device that starts again knows nothing of its clock's frequency. */
  #restart(now: TrueNs): void {
    const random = this.#random.fork(`reboot:${now}`);
    this.#client = this.#newClient(random, { initialDelayMs: now / NS_PER_MS + random.uniform(0, 1_000) });
  }

  #newClient(random: Random, more: { readonly initialDelayMs?: number } = {}): SntpClient {
    const { pollIntervalS } = this.#config;
    return new SntpClient({ clock: this.clock, epoch: this.#epoch, random, pollIntervalS, servers: this.#names, ...more });
  }

  get #names(): string[] {
    return [...this.#servers.keys()];
  }

  /** Returns what became of the reply that was handled last, if there was one. */
  #drain(now: TrueNs): string | undefined {
    let outcome: string | undefined;
    for (let output = this.#client?.poll(); output !== undefined; output = this.#client?.poll()) {
      if (output.kind === 'send') this.#ask(now, this.#servers.get(output.server) as AskedServer, output.payload);
      if (output.kind === 'selection') this.#selections.note(now, output);
      if (output.kind === 'rejected') outcome = output.reason;
      if (output.kind !== 'sample') continue;
      outcome = output.action;
      if (output.action === 'none') continue;
      // The offset is what the clock lacks (RFC 5905 section 8), its error the opposite.
      const errorMs = -output.offsetNs / NS_PER_MS;
      this.measured.firstErrorMs ??= errorMs;
      this.measured.lastErrorMs = errorMs;
      this.measured.firstSyncAt ??= now;
    }
    return outcome;
  }

  #ask(now: TrueNs, asked: AskedServer, payload: Uint8Array): void {
    const kernel = this.#kernel as Kernel;
    const departure = { server: asked.name, trueNs: now, wallNs: this.clock.read(now) };
    this.#tap?.({ server: asked.name, serverAddress: asked.address, way: 'request', at: now, payload });
    for (const arrival of asked.link.arrivals(now, { way: 'up', octets: payload.length })) {
      kernel.at(arrival, async () => {
        const request = await this.#wires?.request.cross(payload);
        if (request === undefined) return;
        asked.server.handle(kernel.now, { payload: request.payload, source: this.#source });
        for (let reply = asked.server.poll(); reply !== undefined; reply = asked.server.poll())
          this.#answer(kernel.now, asked, departure, reply.payload);
      });
    }
  }

  #answer(now: TrueNs, { name, address, link }: AskedServer, departure: Departure, payload: Uint8Array): void {
    const kernel = this.#kernel as Kernel;
    for (const arrival of link.arrivals(now, { way: 'down', octets: payload.length })) {
      kernel.at(arrival, async () => {
        const reply = await this.#wires?.reply.cross(payload);
        if (reply === undefined) return;
        const t4Ns = this.clock.read(kernel.now);
        this.#client?.handle(kernel.now, { kind: 'datagram', payload: reply.payload, server: name });
        const outcome = this.#drain(kernel.now);
        const packet = decodePacket(reply.payload);
        const exchange =
          packet && outcome !== undefined ? this.#log.note(departure, now, packet, kernel.now, t4Ns, outcome) : undefined;
        this.#tap?.({
          server: name,
          serverAddress: address,
          way: 'reply',
          at: kernel.now,
          payload: reply.payload,
          askedAt: departure.trueNs,
          outcome,
          exchange,
        });
      });
    }
  }
}
