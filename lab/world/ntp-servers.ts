import type { Random } from '../../core/random/random.ts';
import type { Epoch } from '../../core/time/instant.ts';
import { buildNtpServer } from '../../ntp-server/build.ts';
import type { NtpServer } from '../../ntp-server/server.ts';
import { md5 } from '../../runtime/ntp-keys.ts';
import { Link, type LinkConfig } from '../faults/link.ts';
import type { Queue } from '../faults/queue.ts';
import { ntpServersOf } from '../scenario/ntp-servers.ts';
import type { Scenario } from '../scenario/schema.ts';
import { DEVICE_NUMBERS, FIRST_NTP_SERVER_ADDRESS, SERVICE_PORTS } from './addresses.ts';
import { deviceClock } from './device-clock.ts';

/** An NTP server of the world. */
interface PlacedServer {
  readonly name: string;
  readonly server: NtpServer;
  /** By which expressions of links know it. */
  readonly number: number;
  /** IPv4; data, never a destination. */
  readonly address: number;
}

/** A server as one client sees it. */
export interface AskedServer {
  readonly name: string;
  readonly address: number;
  readonly server: NtpServer;
  readonly link: Link;
}

/** The NTP servers of a world, and the ways to them. Each has streams of chance of its own: one more changes nothing of the others. */
export class NtpServers {
  readonly #servers: readonly PlacedServer[];
  readonly #areNamed: boolean;

  constructor(scenario: Scenario, epoch: Epoch, random: Random) {
    this.#areNamed = scenario.ntpServers !== undefined;
    this.#servers = ntpServersOf(scenario).map(({ name, config }, index) => {
      const clock = deviceClock(config, epoch, random.fork(this.#stream('clock:ntp-server', name)));
      const chance = random.fork(this.#stream('ntp-server', name));
      const number = index === 0 ? DEVICE_NUMBERS.ntpServer : DEVICE_NUMBERS.furtherNtpServers + index;
      const address = FIRST_NTP_SERVER_ADDRESS + index;
      return { name, number, address, server: buildNtpServer(config, { epoch, random: chance, md5, clock }) };
    });
  }

  /**
   * All servers, each over a link of its own.
   * @param stream names the chance of the links.
   * @param client by which expressions of links know the client.
   * @param queueUp what requests wait in where the links have no queue of their own.
   */
  askedBy(client: number, config: LinkConfig, random: Random, stream: string, queueUp?: Queue): AskedServer[] {
    return this.#servers.map(({ name, server, number, address }) => {
      const ends = { down: client, up: number, port: SERVICE_PORTS.ntp };
      return { name, server, address, link: new Link(config, random.fork(this.#stream(stream, name)), ends, queueUp) };
    });
  }

  #stream(of: string, name: string): string {
    return this.#areNamed ? `${of}:${name}` : of;
  }
}
