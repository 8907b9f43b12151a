import type { IPv4Prefix } from '../../../core/net/address.ts';
import { NS_PER_MS, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';

/** An address that was a device's for a time. */
export interface Lease {
  /** Index in the office's devices. */
  readonly device: number;
  /** Unsigned 32-bit integer. */
  readonly address: number;
  /** Whole milliseconds, as what keeps leases writes them down; `Infinity` while the device is there. */
  readonly fromNs: TrueNs;
  readonly toNs: number;
}

interface OwnLease extends Lease {
  toNs: number;
  /** From when on it is renewed again and again. */
  renewedNs: TrueNs;
}

/**
 * The addresses a DHCP server lends. Who comes back gets the address it had if that is free (RFC 2131 section 4.3.1), anybody else the one that
 * has been free for longest.
 */
export class LeasePool {
  readonly #leaseNs: DurationNs;
  readonly #leases: OwnLease[] = [];
  /** By address: its latest lease. */
  readonly #latest = new Map<number, OwnLease | undefined>();
  readonly #ofDevice = new Map<number, OwnLease>();
  #refusals = 0;

  constructor({ address, length }: IPv4Prefix, leaseNs: DurationNs) {
    this.#leaseNs = leaseNs;
    for (let host = 0; host < 2 ** (32 - length); host++) this.#latest.set(address + host, undefined);
  }

  /** All there were, in the order they began. */
  get leases(): readonly Lease[] {
    return this.#leases;
  }

  /** How often a device got no address, for all were lent. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Lends the device an address until `end`; `undefined` when all are lent. Instants never go back. */
  begin(device: number, at: TrueNs): Lease | undefined {
    const own = this.#ofDevice.get(device);
    if (own !== undefined && at < own.toNs) {
      own.renewedNs = at;
      own.toNs = Infinity;
      return own;
    }
    const address = this.#freeAddress(at, own);
    if (address === undefined) {
      this.#refusals++;
      return undefined;
    }
    const lease = { device, address, fromNs: trueNs(Math.floor(at / NS_PER_MS) * NS_PER_MS), toNs: Infinity, renewedNs: at };
    this.#leases.push(lease);
    this.#latest.set(address, lease);
    this.#ofDevice.set(device, lease);
    return lease;
  }

  /** The device goes at `at`: its lease ends then when it gives it back, else a lease's time after it was last renewed. */
  end(device: number, at: TrueNs, isReleased: boolean): void {
    const lease = this.#ofDevice.get(device);
    if (lease === undefined) return;
    const renewEveryNs = this.#leaseNs / 2;
    const renewals = Math.floor((at - lease.renewedNs) / renewEveryNs);
    const endNs = isReleased ? at : lease.renewedNs + renewals * renewEveryNs + this.#leaseNs;
    lease.toNs = Math.max(lease.fromNs + NS_PER_MS, Math.ceil(endNs / NS_PER_MS) * NS_PER_MS);
  }

  #freeAddress(at: TrueNs, own: Lease | undefined): number | undefined {
    let found: number | undefined;
    let foundFreeNs = Infinity;
    for (const [address, latest] of this.#latest) {
      if (latest !== undefined && latest.toNs > at) continue;
      if (latest !== undefined && latest === own) return address;
      const freeNs = latest?.toNs ?? -Infinity;
      if (freeNs >= foundFreeNs) continue;
      found = address;
      foundFreeNs = freeNs;
    }
    return found;
  }
}
