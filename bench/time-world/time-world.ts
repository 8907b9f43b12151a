import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { SntpClient, type SntpClientOptions } from '../../core/ntp/sntp-client.ts';
import { Random } from '../../core/random/random.ts';
import { EventQueue } from '../../core/time/event-queue.ts';
import { trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { Link, linkSchema } from '../../lab/faults/link.ts';
import { deviceClockSchema, servedClockSchema } from '../../lab/scenario/clock.ts';
import { deviceClock } from '../../lab/world/device-clock.ts';
import { buildNtpServer } from '../../ntp-server/build.ts';
import type { NtpServer } from '../../ntp-server/server.ts';

/** A device: its clock and its way to the server in a scenario's words, and the client that keeps the clock, if one does. */
export interface DeviceOptions {
  readonly clock: z.input<typeof deviceClockSchema>;
  readonly link: z.input<typeof linkSchema>;
  readonly client: Partial<SntpClientOptions> | undefined;
}

export interface TimeWorldOptions {
  readonly seed: number;
  /** The epoch as a date; an ordinary Monday unless told. */
  readonly start?: string | undefined;
  readonly server?: z.input<typeof servedClockSchema> | undefined;
  readonly devices: readonly DeviceOptions[];
}

/** From `at` on the frequency correction is `ppm`. */
export interface FrequencyCorrection {
  readonly at: TrueNs;
  readonly ppm: number;
}

type Datagram = readonly [device: Device, to: 'server' | 'client', payload: Uint8Array];

/** One NTP server and the devices that take the time from it: discrete events, no sockets. */
export class TimeWorld {
  readonly serverClock: VirtualClock;
  readonly server: NtpServer;
  readonly devices: readonly Device[];
  readonly #underWay = new EventQueue<Datagram>();

  constructor({ seed, start = '2026-03-02T08:00:00Z', server, devices }: TimeWorldOptions) {
    const random = new Random(seed);
    const epoch = { unixMs: Date.parse(start) };
    const served = servedClockSchema.parse(server ?? {});
    this.serverClock = deviceClock(served, epoch, random.fork('server'));
    this.server = buildNtpServer(served, { epoch, random: random.fork('faults'), md5, clock: this.serverClock });
    this.devices = devices.map((device, index) => new Device(device, index, epoch, random.fork(`device:${index}`)));
  }

  /** Lives until `end`, which is not before the end of the run before. */
  run(end: TrueNs): void {
    for (;;) {
      const arrival = this.#underWay.nextInstant ?? Infinity;
      let now = arrival;
      let due: Device | undefined;
      for (const device of this.devices) {
        const timeout = device.client?.nextTimeout() ?? Infinity;
        if (timeout > now || timeout === Infinity) continue;
        now = timeout;
        due = device;
      }
      if (now > end) return;
      if (due === undefined) this.#arrive(trueNs(now), this.#underWay.pop());
      else due.client?.handleTimeout(trueNs(now));
      if (due !== undefined) this.#drain(trueNs(now), due);
    }
  }

  #arrive(now: TrueNs, [device, to, payload]: Datagram): void {
    if (to === 'client') {
      device.client?.handle(now, { kind: 'datagram', payload });
      return this.#drain(now, device);
    }
    this.server.handle(now, { payload, source: device.endpoint });
    for (let reply = this.server.poll(); reply !== undefined; reply = this.server.poll())
      for (const arrival of device.link.arrivals(now, { way: 'down', octets: reply.payload.length }))
        this.#underWay.push(arrival, [device, 'client', reply.payload]);
  }

  #drain(now: TrueNs, device: Device): void {
    for (let output = device.client?.poll(); output !== undefined; output = device.client?.poll()) {
      if (output.kind !== 'send') continue;
      device.asked++;
      for (const arrival of device.link.arrivals(now, { way: 'up', octets: output.payload.length }))
        this.#underWay.push(arrival, [device, 'server', output.payload]);
    }
    device.noteFrequency(now);
  }
}

export class Device {
  readonly clock: VirtualClock;
  readonly link: Link;
  readonly client: SntpClient | undefined;
  readonly endpoint: { readonly address: string; readonly port: number };
  /** The client's estimate of the frequency, each time it changed: what it corrects is the opposite of it. */
  readonly corrections: FrequencyCorrection[] = [{ at: trueNs(0), ppm: 0 }];
  asked = 0;
  readonly #untouched: () => VirtualClock;

  constructor(options: DeviceOptions, index: number, epoch: Epoch, random: Random) {
    const config = deviceClockSchema.parse(options.clock);
    this.#untouched = () => deviceClock(config, epoch, random.fork('clock'));
    this.clock = this.#untouched();
    this.link = new Link(linkSchema.parse(options.link), random.fork('link'), { down: index + 2, up: 1, port: 123 });
    this.endpoint = { address: `192.0.2.${index + 1}`, port: 50_000 };
    if (options.client !== undefined)
      this.client = new SntpClient({ clock: this.clock, epoch, random: random.fork('client'), ...options.client });
  }

  /** The clock as it would be had nobody kept it. */
  untouched(): VirtualClock {
    return this.#untouched();
  }

  noteFrequency(at: TrueNs): void {
    const ppm = this.client?.frequencyPpm ?? 0;
    if (ppm !== this.corrections.at(-1)?.ppm) this.corrections.push({ at, ppm });
  }
}

const md5 = (octets: Uint8Array): Uint8Array => createHash('md5').update(octets).digest();
