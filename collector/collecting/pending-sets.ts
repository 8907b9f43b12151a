/** What a waiting Set costs beside its octets: empty ones are not free. */
const OVERHEAD_OCTETS = 128;
/** Places of Sets that are gone are left where they are until they are more than those that wait, and more than this. */
const MAX_GONE = 64;

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

interface Place<Waiting> {
  readonly set: Waiting;
  isGone: boolean;
}

/**
 * Data Sets of a session that wait for their Template: over UDP it may be lost or overtaken (RFC 7011 sections 8.4 and 9.3, RFC 3954
 * section 9). Adding, dropping and taking one costs the same however many wait.
 */
export class PendingSets<Waiting extends WaitingSet> {
  /** How many wait. */
  size = 0;
  readonly #maxOctets: number;
  readonly #budget: PendingBudget;
  #octets = 0;
  /** In the order they came, and of each Template. */
  #queue: Place<Waiting>[] = [];
  #byTemplate = new Map<number, Place<Waiting>[]>();
  /** Before it all are gone. */
  #first = 0;

  constructor(maxOctets: number, budget: PendingBudget = { octetsLeft: Infinity }) {
    this.#maxOctets = maxOctets;
    this.#budget = budget;
  }

  /**
   * Keeps the set, dropping the session's oldest for it. Returns how many were dropped, itself included when it is too large for the
   * session or the others have left nothing for it.
   */
  add(set: Waiting): number {
    const cost = costOfWaiting(set.octets.length);
    if (cost > this.#maxOctets || cost > this.#budget.octetsLeft) return 1;
    this.#enqueue({ set, isGone: false });
    this.#account(cost, 1);
    let dropped = 0;
    while (this.#octets > this.#maxOctets) if (this.#remove(this.#queue[this.#first++] as Place<Waiting>)) dropped++;
    if (this.#queue.length > 2 * this.size + MAX_GONE) this.#tidy();
    return dropped;
  }

  /** Removes and returns the sets of a Template, oldest first. */
  take(templateId: number): Waiting[] {
    const places = this.#byTemplate.get(templateId) ?? [];
    this.#byTemplate.delete(templateId);
    return places.filter((place) => this.#remove(place)).map(({ set }) => set);
  }

  /** Drops all of them. Returns how many there were. */
  clear(): number {
    const { size } = this;
    this.#queue = [];
    this.#byTemplate = new Map();
    this.#first = 0;
    this.#account(-this.#octets, -size);
    return size;
  }

  #enqueue(place: Place<Waiting>): void {
    this.#queue.push(place);
    const { templateId } = place.set;
    const others = this.#byTemplate.get(templateId);
    if (others === undefined) this.#byTemplate.set(templateId, [place]);
    else others.push(place);
  }

  /** Whether it was still there. */
  #remove(place: Place<Waiting>): boolean {
    if (place.isGone) return false;
    place.isGone = true;
    this.#account(-costOfWaiting(place.set.octets.length), -1);
    return true;
  }

  #tidy(): void {
    const places = this.#queue.filter(({ isGone }) => !isGone);
    this.#queue = [];
    this.#byTemplate = new Map();
    this.#first = 0;
    for (const place of places) this.#enqueue(place);
  }

  #account(octets: number, sets: number): void {
    this.#octets += octets;
    this.#budget.octetsLeft -= octets;
    this.size += sets;
  }
}

/** What a Set with so many octets of records costs. */
export const costOfWaiting = (octets: number): number => octets + OVERHEAD_OCTETS;
