import { addressOfEndpoint, endpointNumber, portOfEndpoint } from '../../core/net/endpoint-number.ts';
import type { NatPortBlockEvent, NatPortsExhaustedEvent, NatQuotaEvent } from '../../core/net/nat-event.ts';
import type { Random } from '../../core/random/random.ts';
import { after, NS_PER_S, type TrueNs } from '../../core/time/instant.ts';
import { publicPool, type NatConfig } from './config.ts';
import type { EndpointPool, EndpointRequest as Request } from './endpoint-pool.ts';
import type { EventLog } from './event-log.ts';
import type { InsideHost } from './inside-host.ts';
import type { Mapping } from './mapping.ts';
import { PortChoice } from './port-choice.ts';
import type { PortRange, PortSpace } from './port-space.ts';
import { PublicAddress } from './public-address.ts';

/** The public addresses and their ports: who has what, who gets what. What is in use is never taken away from anybody. */
export class AddressPool implements EndpointPool {
  readonly #config: NatConfig;
  readonly #addresses: readonly PublicAddress[];
  readonly #byAddress: ReadonlyMap<number, PublicAddress>;
  readonly #hosts = new Map<number, InsideHost>();
  readonly #choice: PortChoice;
  readonly #log: EventLog;
  /** Where arbitrary pooling goes on. */
  #turn = 0;
  #inUse = 0;

  constructor(config: NatConfig, random: Random, log: EventLog) {
    const { firstPort, lastPort, portBlockSize } = config;
    this.#config = config;
    this.#choice = new PortChoice(config, random);
    this.#log = log;
    const range = { first: firstPort, last: lastPort };
    this.#addresses = publicPool(config).map((address) => new PublicAddress(address, range, portBlockSize));
    this.#byAddress = new Map(this.#addresses.map((each) => [each.address, each]));
  }

  has(address: number): boolean {
    return this.#byAddress.has(address);
  }

  /** Addresses with a mapping. */
  get inUse(): number {
    return this.#inUse;
  }

  get hosts(): number {
    return this.#hosts.size;
  }

  mappingsOf(insideAddress: number): number {
    return this.#hosts.get(insideAddress)?.mappings ?? 0;
  }

  /** Keeps a port out of the pool for good: a port forward. */
  reserve(protocol: number, publicEndpoint: number): void {
    this.#byAddress.get(addressOfEndpoint(publicEndpoint))?.space(protocol).take(portOfEndpoint(publicEndpoint));
  }

  /** A public endpoint for a new mapping, or -1 when no port is free where the host may have one. */
  allocate(request: Request): number {
    const insideAddress = addressOfEndpoint(request.insideEndpoint);
    const host = this.#hosts.get(insideAddress) ?? { address: insideAddress, mappings: 0, paired: undefined, blocks: [] };
    // RFC 7857 section 4: a paired host whose address is full is refused, not moved.
    const candidates = host.paired === undefined ? this.#candidates() : [host.paired];
    for (const candidate of candidates) {
      const port = this.#portOf(candidate, host, request);
      if (port >= 0) return this.#give(candidate, host, request, port);
      if (!this.#hasAllBlocks(host)) this.#log.limited(exhausted(request, candidate));
    }
    if (this.#hasAllBlocks(host)) this.#log.limited(this.#blockQuota(request.now, host));
    else if (host.paired === undefined) this.#log.limited({ kind: 'addresses-exhausted', at: request.now });
    return -1;
  }

  release(now: TrueNs, { protocol, insideEndpoint, publicEndpoint }: Mapping): void {
    const address = this.#byAddress.get(addressOfEndpoint(publicEndpoint)) as PublicAddress;
    const host = this.#hosts.get(addressOfEndpoint(insideEndpoint)) as InsideHost;
    const port = portOfEndpoint(publicEndpoint);
    this.#free(now, address.space(protocol), port, host.address);
    if (--address.mappings === 0) this.#inUse--;
    host.mappings--;
    this.#leaveBlock(now, address, host, port);
    if (host.mappings > 0) return;
    this.#hosts.delete(host.address);
    if (host.paired === undefined) return;
    host.paired.hosts--;
    this.#log.address('address-release', now, host.address, address.address);
  }

  #free(now: TrueNs, space: PortSpace, port: number, host: number): void {
    const { portRestS, maxRestingPorts } = this.#config;
    space.release(port);
    if (portRestS > 0) space.rest(port, now, { host, until: after(now, portRestS * NS_PER_S) }, maxRestingPorts);
  }

  /** In the order they are tried: for a new paired host the one with the fewest hosts first, else one after the other. */
  #candidates(): readonly PublicAddress[] {
    const addresses = this.#addresses;
    if (addresses.length === 1) return addresses;
    if (this.#config.addressPooling === 'paired') return [...addresses].sort((a, b) => a.hosts - b.hosts);
    const from = this.#turn++ % addresses.length;
    return [...addresses.slice(from), ...addresses.slice(0, from)];
  }

  #portOf(from: PublicAddress, host: InsideHost, { now, protocol, insideEndpoint, mayShare }: Request): number {
    const space = from.space(protocol);
    const insidePort = portOfEndpoint(insideEndpoint);
    const isFree = (port: number): boolean =>
      space.isUnused(port) ? !space.isResting(port, now, host.address) : mayShare(endpointNumber(from.address, port));
    if (from.blocks === undefined) return this.#choice.choose(space, [this.#choice.rangeOf(insidePort)], insidePort, isFree);
    const own = host.blocks.filter(({ of }) => of === from).map(({ block }) => block);
    const port = this.#choice.choose(space, own, insidePort, isFree);
    if (port >= 0) return port;
    const block = this.#claimBlock(now, from, host, isFree);
    return block === undefined ? -1 : this.#choice.choose(space, [block], insidePort, isFree);
  }

  #claimBlock(now: TrueNs, from: PublicAddress, host: InsideHost, isFree: (port: number) => boolean): PortRange | undefined {
    if (this.#hasAllBlocks(host)) return undefined;
    const block = from.blocks?.claim(isFree);
    if (block === undefined) return undefined;
    host.blocks.push({ of: from, block });
    this.#log.report(blockEvent('port-block-allocate', now, host, from, block));
    return block;
  }

  #hasAllBlocks(host: InsideHost): boolean {
    return host.blocks.length >= this.#config.maxPortBlocksPerHost;
  }

  #blockQuota(at: TrueNs, host: InsideHost): NatQuotaEvent {
    const limit = this.#config.maxPortBlocksPerHost * this.#config.portBlockSize;
    return { kind: 'quota-exceeded', at, quota: 'host-mappings', limit, insideAddress: host.address };
  }

  #give(from: PublicAddress, host: InsideHost, { now, protocol }: Request, port: number): number {
    from.space(protocol).take(port);
    if (from.mappings++ === 0) this.#inUse++;
    host.mappings++;
    const owned = host.blocks.find(({ of, block }) => of === from && port >= block.first && port <= block.last);
    if (owned !== undefined) owned.block.mappings++;
    if (this.#config.addressPooling === 'paired' && host.paired === undefined) {
      host.paired = from;
      from.hosts++;
      this.#log.address('address-bind', now, host.address, from.address);
    }
    this.#hosts.set(host.address, host);
    return endpointNumber(from.address, port);
  }

  #leaveBlock(now: TrueNs, from: PublicAddress, host: InsideHost, port: number): void {
    const index = host.blocks.findIndex(({ of, block }) => of === from && port >= block.first && port <= block.last);
    const owned = host.blocks[index];
    if (owned === undefined || --owned.block.mappings > 0) return;
    host.blocks.splice(index, 1);
    from.blocks?.release(owned.block);
    this.#log.report(blockEvent('port-block-release', now, host, from, owned.block));
  }
}

const exhausted = ({ now, protocol }: Request, { address }: PublicAddress): NatPortsExhaustedEvent => ({
  kind: 'ports-exhausted',
  at: now,
  publicAddress: address,
  protocol,
});

const blockEvent = (
  kind: NatPortBlockEvent['kind'],
  at: TrueNs,
  host: InsideHost,
  { address }: PublicAddress,
  { first, last }: PortRange,
): NatPortBlockEvent => ({
  kind,
  at,
  insideAddress: host.address,
  publicAddress: address,
  firstPort: first,
  lastPort: last,
});
