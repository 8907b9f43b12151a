import { NS_PER_S, type TrueNs } from '../core/time/instant.ts';
import type { CaptureLimits } from './capture-config.ts';
import type { CaptureCounts } from './capture-counts.ts';

/**
 * Which IP packet the later fragments belong to, which have no ports: the first one tells, in whatever order they come (RFC 4787
 * REQ-14). Those that come before it wait. Both are bounded apart, so that fragments without a first one take no room from those in
 * order (REQ-14a).
 */
export class FragmentTable<Owner> {
  readonly #limits: CaptureLimits;
  readonly #counts: CaptureCounts;
  /** By what names their packet, in the order they came. */
  readonly #firsts = new Map<string, { readonly since: TrueNs; readonly owner: Owner }>();
  /** IP octets of those that wait, in the order the packets began. */
  readonly #waiting = new Map<string, { readonly since: TrueNs; readonly octets: number[] }>();
  #held = 0;

  constructor(limits: CaptureLimits, counts: CaptureCounts) {
    this.#limits = limits;
    this.#counts = counts;
  }

  /**
   * The first fragment of the packet that `key` names (addresses, protocol, Identification) shows whose it is. Returns the octets of
   * each that waited for it.
   */
  first(now: TrueNs, key: string, owner: Owner): readonly number[] {
    this.#expire(now);
    // Identifications come again, and a key that is set again keeps its old place.
    this.#firsts.delete(key);
    if (this.#firsts.size === this.#limits.maxFragmentedPackets) this.#forgetOldest();
    this.#firsts.set(key, { since: now, owner });
    const released = this.#release(key);
    this.#counts.heldFragments += released.length;
    return released;
  }

  /** A later fragment comes. Returns whose it is, or `undefined` when it waits or there is no room. */
  later(now: TrueNs, key: string, octets: number): Owner | undefined {
    this.#expire(now);
    const first = this.#firsts.get(key);
    if (first !== undefined) return first.owner;
    if (this.#held === this.#limits.maxHeldFragments) return void this.#counts.pass('no-first-fragment');
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, { since: now, octets: [octets] });
    else waiting.octets.push(octets);
    this.#held++;
    return undefined;
  }

  /** Nothing comes any more: what waits is given up. */
  end(): void {
    for (const key of this.#waiting.keys()) this.#giveUp(key);
  }

  #expire(now: TrueNs): void {
    const latest = now - this.#limits.fragmentTimeoutS * NS_PER_S;
    for (const [key, { since }] of this.#firsts) {
      if (since > latest) break;
      this.#firsts.delete(key);
    }
    for (const [key, { since }] of this.#waiting) {
      if (since > latest) break;
      this.#giveUp(key);
    }
  }

  #giveUp(key: string): void {
    for (const _ of this.#release(key)) this.#counts.pass('no-first-fragment');
  }

  #release(key: string): readonly number[] {
    const octets = this.#waiting.get(key)?.octets ?? [];
    this.#waiting.delete(key);
    this.#held -= octets.length;
    return octets;
  }

  #forgetOldest(): void {
    for (const key of this.#firsts.keys()) {
      this.#firsts.delete(key);
      this.#counts.forgottenFragments++;
      return;
    }
  }
}
