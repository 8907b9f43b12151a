import { prefixHas, type IPv4Prefix } from '../../core/net/address.ts';
import type { IPv6Prefix } from '../../core/net/ipv6-prefix.ts';
import type { PacketTrain } from '../../core/net/packet-train.ts';
import type { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs, type DurationNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { Machine } from '../../core/time/machine.ts';
import type { ActivityConfig } from './activity-config.ts';
import type { OfficeConfig, PersonConfig } from './config.ts';
import { DhcpClient } from './dhcp/dhcp-client.ts';
import { LeasePool, type Lease } from './dhcp/lease-pool.ts';
import { Host } from './host.ts';
import { inventWeb } from './internet/web-sites.ts';
import { live } from './life.ts';
import type { OutsideConfig } from './outside/config.ts';
import { scanInbound } from './outside/inbound-scan.ts';
import type { Call, Listener } from './outside/stranger.ts';
import { flood } from './outside/syn-flood.ts';
import { visit } from './outside/visit.ts';
import { enrol, type Device, type Resident } from './roster.ts';
import { nextTimeOfDay, NS_PER_DAY } from './schedule.ts';
import { perform } from './scripted.ts';
import { Wire, type Activity } from './wire.ts';

export type { Device } from './roster.ts';

export interface OfficeOptions {
  readonly office: OfficeConfig;
  readonly people: readonly PersonConfig[];
  readonly random: Random;
  /** Decides what the internet is like, which is the same for every office; `random` without it. */
  readonly internet?: Random;
  readonly epoch: Epoch;
  /** How long the scenario lasts; nothing begins after it. One day by default. */
  readonly duration?: DurationNs;
  /** The address strangers know the office by; without one nobody outside can reach it. */
  readonly publicAddress?: number;
  /** The prefix by which what has IPv6 alone reaches IPv4 servers (NAT64); without one it does not. */
  readonly nat64Prefix?: IPv6Prefix | undefined;
  /** Ports of it that lead to devices of the office. */
  readonly portForwards?: readonly PortForward[];
}

/** What the router does with a public port. */
interface PortForward {
  readonly protocol: 'tcp' | 'udp';
  readonly publicPort: number;
  readonly insideAddress: number;
  readonly insidePort: number;
}

/** Truth: something the scenario has somebody do. Its place in the list is `activity` of its connections. */
export interface ScriptedActivity {
  /** Index in `devices`, -1 for what comes from outside. */
  readonly device: number;
  readonly startNs: TrueNs;
  readonly config: ActivityConfig | OutsideConfig;
}

/**
 * The people and devices behind the router, and the packets of their day as trains. Both directions are handed out: what
 * the servers answer belongs to the same truth. Trains leave in order of `startNs`, those of one instant as they were made.
 */
export class Office implements Machine<never, PacketTrain> {
  readonly devices: readonly Device[];
  readonly activities: readonly ScriptedActivity[];
  /** Truth: packets between devices of the office, which a switch carries and the router never sees. */
  readonly lan = { trains: 0, packets: 0, octets: 0 };
  readonly #leases: LeasePool | undefined;
  readonly #wire: Wire;
  readonly #lanWire: Wire;
  #now: TrueNs = trueNs(-1);

  /** @throws RangeError when an address is used twice, lies outside the network, or the network is too small */
  constructor({
    office,
    people,
    random,
    internet = random,
    epoch,
    duration = NS_PER_DAY,
    publicAddress,
    nat64Prefix,
    portForwards = [],
  }: OfficeOptions) {
    const end = trueNs(duration);
    const { dhcp } = office;
    const pool = (this.#leases = dhcp && new LeasePool(dhcp.pool, dhcp.leaseS * NS_PER_S));
    const clients = new Map<number, DhcpClient>();
    const onSend = dhcp && ((train: PacketTrain) => clients.get(train.connection.device)?.carries(train));
    const wire = (this.#wire = new Wire(end, onSend));
    const lanWire = (this.#lanWire = new Wire(end));
    const calendars = random.fork('calendars');
    const web = inventWeb(internet.fork('web'));
    const activities: ScriptedActivity[] = [];
    const residents = enrol(office, people, random);
    residents.forEach((resident, index) => {
      const { address, ipv6Address } = resident.device;
      const client =
        dhcp && pool && address === 0 ? new DhcpClient(index, pool, dhcp.releasePart, resident.random.fork('dhcp')) : undefined;
      if (client !== undefined) clients.set(index, client);
      const addresses = {
        ipv4: client ?? address,
        ipv6: ipv6Address,
        nat64Prefix: resident.isIPv6Only ? nat64Prefix : undefined,
      };
      const host = new Host(index, addresses, resident.random, wire);
      const lan = new Host(index, { ipv4: address, ipv6: 0, nat64Prefix: undefined }, resident.random.fork('lan'), lanWire);
      const scale = office.activityScale;
      wire.begin(trueNs(0), live({ resident, host, lan, network: office.network, web, calendars, epoch, end, scale }));
      const hostFor = (config: ActivityConfig): Host => (staysInside(config, office.network) ? lan : host);
      activities.push(...beginScript(resident, hostFor, epoch, activities.length, index));
    });
    this.devices = residents.map(({ device }) => device);
    if (publicAddress !== undefined) {
      const reach = { publicAddress, listeners: listenersOf(portForwards, this.devices) };
      activities.push(...beginOutside(office.outside, wire, epoch, activities.length, reach, random));
    }
    this.activities = activities;
  }

  /** Truth: who had which address of the pool when, in the order leases began; none without DHCP. */
  get leases(): readonly Lease[] {
    return this.#leases?.leases ?? [];
  }

  /** How often a device found no free address in the pool and did nothing. */
  get leaseRefusals(): number {
    return this.#leases?.refusals ?? 0;
  }

  /** Nobody sends the office anything: answers are part of its trains. */
  handle(): void {}

  /** When the next train starts or the next activity goes on; `undefined` when the day is over. */
  nextTimeout(): TrueNs | undefined {
    return this.#wire.nextInstant;
  }

  handleTimeout(now: TrueNs): void {
    this.#now = now;
    this.#wire.advance(now);
    this.#lanWire.advance(now);
    for (let train = this.#lanWire.take(now); train !== undefined; train = this.#lanWire.take(now)) {
      this.lan.trains++;
      this.lan.packets += train.packets;
      this.lan.octets += train.octets;
    }
  }

  /** The next train that starts by the instant of the last `handleTimeout`. */
  poll(): PacketTrain | undefined {
    return this.#wire.take(this.#now);
  }
}

/** Whether it is done to the office's own hosts: then a switch carries it, and the router does not see it. */
function staysInside(config: ActivityConfig, network: IPv4Prefix): boolean {
  if ('target' in config) return prefixHas(network, config.target);
  return 'network' in config && prefixHas(network, config.network.address);
}

/** Begins what the scenario says the resident does. */
function beginScript(
  resident: Resident,
  hostFor: (config: ActivityConfig) => Host,
  epoch: Epoch,
  firstId: number,
  device: number,
): ScriptedActivity[] {
  return resident.activities.map((config, index) => {
    const startNs = nextTimeOfDay(epoch, config.at);
    const host = hostFor(config);
    host.begin(startNs, perform(host, startNs, config, firstId + index, resident.random.fork(`activity:${index}`)));
    return { device, startNs, config };
  });
}

/** The devices behind public TCP ports. */
function listenersOf(forwards: readonly PortForward[], devices: readonly Device[]): Call['listeners'] {
  const listeners = new Map<number, Listener>();
  for (const { protocol, publicPort, insideAddress, insidePort } of forwards) {
    const device = devices.findIndex(({ address }) => address === insideAddress);
    if (protocol === 'tcp' && device >= 0) listeners.set(publicPort, { device, address: insideAddress, port: insidePort });
  }
  return listeners;
}

function act(wire: Wire, at: TrueNs, config: OutsideConfig, call: Call, random: Random): Activity {
  switch (config.do) {
    case 'inboundScan':
      return scanInbound(wire, at, config, call, random);
    case 'synFlood':
      return flood(wire, at, config, call, random);
    case 'visit':
      return visit(wire, at, config, call, random);
  }
}

/** Begins what strangers do; what is for nobody inside has the public address as its inside address. */
function beginOutside(
  outside: readonly OutsideConfig[],
  wire: Wire,
  epoch: Epoch,
  firstId: number,
  reach: Omit<Call, 'activity'>,
  random: Random,
): ScriptedActivity[] {
  return outside.map((config, index) => {
    const startNs = nextTimeOfDay(epoch, config.at);
    const call = { activity: firstId + index, ...reach };
    const chance = random.fork(`outside:${index}`);
    wire.begin(startNs, act(wire, startNs, config, call, chance));
    return { device: -1, startNs, config };
  });
}
