/** The Message a Data Set came in, as far as its records need it. */
export interface MessageContext {
  readonly exportTimeS: number;
  readonly sequenceNumber: number;
  readonly receivedAtUs: number;
  /** Data Records of the Message counted so far. */
  counted: number;
  /** Whether the sequence numbers know of `counted`; until then it can still grow. */
  settled: boolean;
}

/** What a waiting Set costs beside its octets: empty ones are not free. */
const OVERHEAD_OCTETS = 128;

/** A Data Set whose Template has not come yet: its records' octets, without the Set header. */
export interface PendingSet {
  readonly templateId: number;
  readonly octets: Uint8Array;
  readonly message: MessageContext;
}

/** Data Sets that wait for their Template: over UDP it may be lost or overtaken (RFC 7011 section 8.4). */
export class PendingSets {
  readonly #maxOctets: number;
  #octets = 0;
  #sets: PendingSet[] = [];
  /** The oldest of them; those before it are dropped, and cut off only now and then. */
  #oldest = 0;

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
  }

  /** Keeps the set, dropping the oldest for it. Returns how many were dropped, itself included when it is too large. */
  add(set: PendingSet): number {
    const cost = costOf(set);
    if (cost > this.#maxOctets) return 1;
    this.#sets.push(set);
    this.#octets += cost;
    let dropped = 0;
    for (; this.#octets > this.#maxOctets; dropped++) this.#octets -= costOf(this.#sets[this.#oldest++] as PendingSet);
    if (2 * this.#oldest > this.#sets.length) this.#cut();
    return dropped;
  }

  /** Removes and returns the sets of a Template, oldest first. */
  take(templateId: number): PendingSet[] {
    this.#cut();
    if (this.#sets.length === 0) return [];
    const taken = this.#sets.filter((set) => set.templateId === templateId);
    this.#sets = this.#sets.filter((set) => set.templateId !== templateId);
    for (const set of taken) this.#octets -= costOf(set);
    return taken;
  }

  #cut(): void {
    if (this.#oldest > 0) this.#sets.splice(0, this.#oldest);
    this.#oldest = 0;
  }
}

const costOf = ({ octets }: PendingSet): number => octets.length + OVERHEAD_OCTETS;
