/** What a waiting Set costs beside its octets: empty ones are not free. */
const OVERHEAD_OCTETS = 128;

/** A Data Set whose Template has not come yet; who keeps it may add what it needs to read it later. */
export interface WaitingSet {
  readonly templateId: number;
  /** Its records, without the Set header. */
  readonly octets: Uint8Array;
}

/** What all sessions together may still keep. */
export interface PendingBudget {
  octetsLeft: number;
}

/** Data Sets of a session that wait for their Template: over UDP it may be lost or overtaken (RFC 7011 sections 8.4 and 9.3, RFC 3954 section 9). */
export class PendingSets<Waiting extends WaitingSet> {
  readonly #maxOctets: number;
  readonly #budget: PendingBudget;
  #octets = 0;
  #sets: Waiting[] = [];
  /** The oldest of them; those before it are dropped, and cut off only now and then. */
  #oldest = 0;

  constructor(maxOctets: number, budget: PendingBudget = { octetsLeft: Infinity }) {
    this.#maxOctets = maxOctets;
    this.#budget = budget;
  }

  /** How many wait. */
  get size(): number {
    return this.#sets.length - this.#oldest;
  }

  /**
   * Keeps the set, dropping the session's oldest for it. Returns how many were dropped, itself included when it is too large for the
   * session or the others have left nothing for it.
   */
  add(set: Waiting): number {
    const cost = costOf(set);
    if (cost > this.#maxOctets || cost > this.#budget.octetsLeft) return 1;
    this.#sets.push(set);
    this.#account(cost);
    let dropped = 0;
    for (; this.#octets > this.#maxOctets; dropped++) this.#account(-costOf(this.#sets[this.#oldest++] as Waiting));
    if (2 * this.#oldest > this.#sets.length) this.#cut();
    return dropped;
  }

  /** Removes and returns the sets of a Template, oldest first. */
  take(templateId: number): Waiting[] {
    this.#cut();
    if (this.#sets.length === 0) return [];
    const taken = this.#sets.filter((set) => set.templateId === templateId);
    this.#sets = this.#sets.filter((set) => set.templateId !== templateId);
    for (const set of taken) this.#account(-costOf(set));
    return taken;
  }

  /** The session is forgotten. */
  clear(): void {
    this.#sets = [];
    this.#oldest = 0;
    this.#account(-this.#octets);
  }

  #cut(): void {
    if (this.#oldest > 0) this.#sets.splice(0, this.#oldest);
    this.#oldest = 0;
  }

  #account(octets: number): void {
    this.#octets += octets;
    this.#budget.octetsLeft -= octets;
  }
}

const costOf = ({ octets }: WaitingSet): number => octets.length + OVERHEAD_OCTETS;
