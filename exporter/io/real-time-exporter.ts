import { SntpClient } from '../../core/ntp/sntp-client.ts';
import { Random } from '../../core/random/random.ts';
import { NS_PER_MS, NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { DatagramSenderPool } from '../../runtime/dgram-socket-pool/index.ts';
import { readDriftFile } from '../../runtime/drift-file.ts';
import { RealTimeDriver, type Timed } from '../../runtime/real-time-driver.ts';
import type { SystemTime } from '../../runtime/system-time.ts';
import { unforeseeable } from '../../runtime/unforeseeable.ts';
import { nat64PrefixOf } from '../config.ts';
import { BranchOffice } from '../branch-office.ts';
import { officeSchema } from '../office/config.ts';
import { Office } from '../office/office.ts';
import { isWeekend } from '../office/schedule.ts';
import { Router } from '../router.ts';
import type { ExporterOptions } from './command-line.ts';
import { BoundedSink } from './bounded-sink.ts';
import { openSink } from './message-sink.ts';
import { NtpComplaints } from './ntp-complaints.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** What the SNTP client calls its server. */
const NTP_SERVER = 'server';

/** The office lives on a working day and at a time of day of its own, or nobody would be there at night and on Sundays. */
const workingDay = (unixMs: number): number => (isWeekend(unixMs) ? workingDay(unixMs - DAY_MS) : unixMs - (unixMs % DAY_MS));

/** The office and its router in real time: exports over one socket, asks the SNTP server over another. */
export class RealTimeExporter {
  readonly clock: VirtualClock;
  readonly router: Router;
  /** The last offset the SNTP client measured, in milliseconds; `undefined` before the first. */
  lastOffsetMs: number | undefined;
  readonly #time: SystemTime;
  readonly #branch: BranchOffice;
  readonly #sntp: SntpClient | undefined;
  readonly #complaints: NtpComplaints | undefined;
  readonly #complain: (sentence: string) => void;
  readonly #driver: RealTimeDriver;
  #sockets: { readonly export: BoundedSink; readonly ntp: DatagramSenderPool | undefined } | undefined;

  /** `complain` is told what keeps the clock from being kept, a sentence each. */
  constructor(options: ExporterOptions, time: SystemTime, complain: (sentence: string) => void) {
    const random = new Random(options.seed);
    const { epoch } = time;
    this.#time = time;
    this.#complain = complain;
    this.clock = new VirtualClock({ offsetNs: Math.round(options.offsetMs * NS_PER_MS), driftPpm: options.driftPpm });
    const config = options.router;
    this.router = new Router(config, this.clock, epoch, trueNs(0), random.fork('nat'));
    const office = new Office({
      office: officeSchema.parse({ employees: options.employees }),
      people: [],
      random: random.fork('office'),
      publicAddress: config.nat.publicAddress,
      nat64Prefix: nat64PrefixOf(config),
      portForwards: config.nat.portForwards,
      epoch: { unixMs: workingDay(epoch.unixMs) + options.timeOfDayMinutes * MINUTE_MS },
    });
    this.#branch = new BranchOffice(office, this.router);
    if (options.ntp !== undefined) {
      const frequencyPpm = options.driftFile === undefined ? undefined : readDriftFile(options.driftFile);
      this.#sntp = new SntpClient({
        clock: this.clock,
        epoch,
        random: random.fork('sntp'),
        nonces: unforeseeable,
        frequencyPpm,
        servers: [NTP_SERVER],
        keys: new Map(options.ntpKey && [[NTP_SERVER, options.ntpKey]]),
      });
      this.#complaints = new NtpComplaints(options.ntp, options.ntpKey?.id);
    }
    this.#driver = new RealTimeDriver(
      () => time.now(),
      [this.#exports(), ...(this.#sntp === undefined ? [] : [this.#asks(this.#sntp)])],
    );
  }

  /** Rejects with an Error of one sentence when a name, a connection or a file cannot be had. */
  async start({ collector, tls, ntp, mostWaiting }: ExporterOptions, onLost: (reason: string) => void): Promise<void> {
    const answered = (payload: Uint8Array): void => {
      this.#sntp?.handle(this.#time.now(), { kind: 'datagram', payload });
      this.#drainSntp();
      this.#driver.rearm();
    };
    const onReconnected = (): void => this.router.beginSession(this.#time.now());
    const exporting = new BoundedSink(await openSink(collector, tls, { onLost, onReconnected }), mostWaiting);
    try {
      this.#sockets = {
        export: exporting,
        ntp: ntp && (await DatagramSenderPool.open({ destination: ntp, onDatagram: answered })),
      };
    } catch (error) {
      await exporting.close();
      throw error;
    }
    this.#driver.rearm();
  }

  /** Exports what is in the flow cache and closes the sockets. Rejects with an Error of one sentence when a file could not be written. */
  async stop(): Promise<void> {
    this.#driver.stop();
    this.#branch.flush(this.#time.now());
    this.#send();
    await this.#sockets?.ntp?.close();
    await this.#sockets?.export.close();
  }

  /** The frequency correction the SNTP client has arrived at, in parts per million; `undefined` before the first sample. */
  get frequencyPpm(): number | undefined {
    return this.lastOffsetMs === undefined ? undefined : this.#sntp?.frequencyPpm;
  }

  /** Messages that were given up because the collector did not take them. */
  get dropped(): number {
    return this.#sockets?.export.dropped ?? 0;
  }

  /** Error of the router's clock against this machine's, in milliseconds. */
  get clockErrorMs(): number {
    return this.clock.errorNs(this.#time.now()) / NS_PER_MS;
  }

  get runningS(): number {
    return this.#time.now() / NS_PER_S;
  }

  #exports(): Timed {
    return {
      nextTimeout: () => this.#branch.nextTimeout(),
      wake: (now) => {
        this.#branch.handleTimeout(now);
        this.#send();
      },
    };
  }

  #asks(client: SntpClient): Timed {
    return {
      nextTimeout: () => client.nextTimeout(),
      wake: (now) => {
        client.handleTimeout(now);
        this.#drainSntp();
      },
    };
  }

  #send(): void {
    for (let message = this.#branch.poll(); message !== undefined; message = this.#branch.poll()) {
      if (this.#sockets?.export.post(message) === false) this.router.giveUp(this.#time.now());
    }
  }

  #drainSntp(): void {
    for (let output = this.#sntp?.poll(); output !== undefined; output = this.#sntp?.poll()) {
      if (output.kind === 'send') void this.#sockets?.ntp?.send(output.payload);
      if (output.kind === 'sample') this.lastOffsetMs = output.offsetNs / NS_PER_MS;
      const sentence = this.#complaints?.about(output);
      if (sentence !== undefined) this.#complain(sentence);
    }
  }
}
