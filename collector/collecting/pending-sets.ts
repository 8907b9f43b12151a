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

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
  }

  /** Keeps the set, dropping the oldest for it. Returns how many were dropped, itself included when it is too large. */
  add(set: PendingSet): number {
    if (set.octets.length > this.#maxOctets) return 1;
    this.#sets.push(set);
    this.#octets += set.octets.length;
    let dropped = 0;
    while (this.#octets > this.#maxOctets) this.#octets -= (this.#sets[dropped++] as PendingSet).octets.length;
    if (dropped > 0) this.#sets.splice(0, dropped);
    return dropped;
  }

  /** Removes and returns the sets of a Template, oldest first. */
  take(templateId: number): PendingSet[] {
    if (this.#sets.length === 0) return [];
    const taken = this.#sets.filter((set) => set.templateId === templateId);
    this.#sets = this.#sets.filter((set) => set.templateId !== templateId);
    for (const { octets } of taken) this.#octets -= octets.length;
    return taken;
  }
}
