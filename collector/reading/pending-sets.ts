import type { MessageContext } from './message-context.ts';

/** What a waiting Set costs beside its octets, so that empty ones are not free. */
const OVERHEAD_OCTETS = 128;

/** A Data Set whose Template has not come yet: its records' octets, without the Set header. */
export interface PendingSet {
  readonly templateId: number;
  /** Number of the Set in its Message. */
  readonly set: number;
  readonly octets: Uint8Array;
  readonly message: MessageContext;
}

/** What all sessions together may still keep. */
export interface PendingBudget {
  octetsLeft: number;
}

/** Data Sets of a session that wait for their Template (RFC 7011 section 9.3, RFC 3954 section 9), within bounds of octets and time. */
export class PendingSets {
  readonly #maxOctets: number;
  readonly #lifetimeS: number;
  readonly #budget: PendingBudget;
  #octets = 0;
  #sets: PendingSet[] = [];

  constructor(options: { readonly maxOctets: number; readonly lifetimeS: number }, budget: PendingBudget) {
    this.#maxOctets = options.maxOctets;
    this.#lifetimeS = options.lifetimeS;
    this.#budget = budget;
  }

  /** How many wait. */
  get size(): number {
    return this.#sets.length;
  }

  /**
   * Keeps the set, dropping the session's oldest for it. Returns how many were dropped, itself included when it is too large for the session
   * or the others have left nothing for it.
   */
  add(set: PendingSet): number {
    const cost = costOf(set);
    if (cost > this.#maxOctets || cost > this.#budget.octetsLeft) return 1;
    this.#sets.push(set);
    this.#account(cost);
    let dropped = 0;
    while (this.#octets > this.#maxOctets) this.#account(-costOf(this.#sets[dropped++] as PendingSet));
    if (dropped > 0) this.#sets.splice(0, dropped);
    return dropped;
  }

  /** The session is forgotten. */
  clear(): void {
    this.#sets = [];
    this.#account(-this.#octets);
  }

  /** Removes the sets of a Template and returns those that have not waited too long, oldest first. */
  take(templateId: number, nowS: number): { readonly sets: readonly PendingSet[]; readonly dropped: number } {
    if (this.#sets.length === 0) return { sets: [], dropped: 0 };
    const taken = this.#sets.filter((set) => set.templateId === templateId);
    this.#sets = this.#sets.filter((set) => set.templateId !== templateId);
    for (const set of taken) this.#account(-costOf(set));
    const sets = taken.filter(({ message }) => nowS - message.receivedAtS <= this.#lifetimeS);
    return { sets, dropped: taken.length - sets.length };
  }

  #account(octets: number): void {
    this.#octets += octets;
    this.#budget.octetsLeft -= octets;
  }
}

const costOf = ({ octets }: PendingSet): number => octets.length + OVERHEAD_OCTETS;
