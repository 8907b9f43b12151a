import type { TrueNs } from './instant.ts';

/**
 * A binary heap of events by instant; events of the same instant leave in the order they came, so a run never depends on
 * the heap's shape. Keys and values lie in parallel arrays: nothing is allocated for an event but the event.
 */
export class EventQueue<Event> {
  #instants: number[] = [];
  #orders: number[] = [];
  #events: Event[] = [];
  #nextOrder = 0;

  get size(): number {
    return this.#events.length;
  }

  /** The instant of the next event, or `undefined` when the queue is empty. */
  get nextInstant(): TrueNs | undefined {
    return this.#instants[0] as TrueNs | undefined;
  }

  /** `order` decides among events of the same instant; unless told they leave in the order they came. */
  push(at: TrueNs, event: Event, order: number = this.#nextOrder++): void {
    let index = this.#events.length;
    this.#instants.push(at);
    this.#orders.push(order);
    this.#events.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(at, order, parent)) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#place(index, at, order, event);
  }

  /** Removes and returns the next event. Only to be called when `size` is not 0. */
  pop(): Event {
    const top = this.#events[0] as Event;
    const at = this.#instants.pop() as number;
    const order = this.#orders.pop() as number;
    const event = this.#events.pop() as Event;
    const size = this.#events.length;
    if (size === 0) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#isBefore(this.#instants[right] as number, this.#orders[right] as number, child)) child = right;
      if (this.#isBefore(at, order, child)) break;
      this.#move(child, index);
      index = child;
    }
    this.#place(index, at, order, event);
    return top;
  }

  #isBefore(at: number, order: number, index: number): boolean {
    const other = this.#instants[index] as number;
    return at < other || (at === other && order < (this.#orders[index] as number));
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#instants[from] as number, this.#orders[from] as number, this.#events[from] as Event);
  }

  #place(index: number, at: number, order: number, event: Event): void {
    this.#instants[index] = at;
    this.#orders[index] = order;
    this.#events[index] = event;
  }
}
