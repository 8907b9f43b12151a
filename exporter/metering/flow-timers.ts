import { EventQueue } from '../../core/time/event-queue.ts';
import { trueNs } from '../../core/time/instant.ts';
import { TIMER } from './flow-slot.ts';
import type { FlowTable } from './flow-table.ts';

const TICK_NS = 2 ** 23;
/** The wheel turns once in 137 s: few timers are set for later than that, and wait for another turn. */
const TICKS = 2 ** 14;

/**
 * One timer to a slot of the flow table; `TIMER` holds when it strikes. Those that strike soon lie in a heap, so that they leave
 * in the order of their instants, and those of the same instant in the order they were set. All others lie in a wheel: a list for
 * each tick, where setting and unsetting cost the same however many there are.
 */
export class FlowTimers {
  /** When the next timer strikes, or one that was unset would have; infinity when there is none. */
  next = Infinity;
  readonly #table: FlowTable;
  /** Timers of the present tick and those before it; empty only when there are none at all. */
  readonly #soon = new EventQueue<number>();
  #tick = 0;
  /** Timers of later ticks. A link is the slot + 1, or 0 where nothing is, so that memory nobody uses is not written either. */
  readonly #lists = new Int32Array(TICKS);
  #following: Int32Array;
  #previous: Int32Array;
  #inWheel = 0;

  constructor(table: FlowTable) {
    this.#table = table;
    this.#following = new Int32Array(table.capacity);
    this.#previous = new Int32Array(table.capacity);
  }

  /** Sets the slot's timer, or moves it; infinity unsets it. */
  set(slot: number, at: number): void {
    this.unset(slot);
    if (at === Infinity) return;
    const { numbers, stride } = this.#table;
    numbers[slot * stride + TIMER] = at;
    const tick = tickOf(at);
    if (this.#soon.size === 0) this.#tick = tick;
    if (tick > this.#tick) return this.#link(slot, tick);
    this.#soon.push(trueNs(at), slot);
    if (at < this.next) this.next = at;
  }

  unset(slot: number): void {
    const { numbers, stride } = this.#table;
    const tick = tickOf(numbers[slot * stride + TIMER] as number);
    if (tick > this.#tick && tick < Infinity) this.#unlink(slot, tick);
    // One in the heap is known by this for one that was unset.
    numbers[slot * stride + TIMER] = Infinity;
  }

  /** Takes the timer that strikes at `next`. Returns its slot, or -1 when it was unset. */
  strike(): number {
    const { numbers, stride } = this.#table;
    const at = this.next;
    const slot = this.#soon.pop();
    while (this.#soon.size === 0 && this.#inWheel > 0) this.#turn();
    this.next = this.#soon.nextInstant ?? Infinity;
    if (numbers[slot * stride + TIMER] !== at) return -1;
    numbers[slot * stride + TIMER] = Infinity;
    return slot;
  }

  /** Goes on to the next tick, and moves its timers from their list, which begins with the one that was set last, to the heap. */
  #turn(): void {
    const { numbers, stride } = this.#table;
    const tick = ++this.#tick;
    let link = this.#lists[tick % TICKS] as number;
    if (link === 0) return;
    for (let next = link; next !== 0; next = this.#following[next - 1] as number) link = next;
    while (link !== 0) {
      const slot = link - 1;
      link = this.#previous[slot] as number;
      const at = numbers[slot * stride + TIMER] as number;
      // The others wait for another turn.
      if (tickOf(at) !== tick) continue;
      this.#unlink(slot, tick);
      this.#soon.push(trueNs(at), slot);
    }
  }

  #link(slot: number, tick: number): void {
    if (slot >= this.#following.length) this.#grow();
    const first = this.#lists[tick % TICKS] as number;
    this.#following[slot] = first;
    this.#previous[slot] = 0;
    if (first !== 0) this.#previous[first - 1] = slot + 1;
    this.#lists[tick % TICKS] = slot + 1;
    this.#inWheel++;
  }

  #unlink(slot: number, tick: number): void {
    const following = this.#following[slot] as number;
    const previous = this.#previous[slot] as number;
    if (following !== 0) this.#previous[following - 1] = previous;
    if (previous !== 0) this.#following[previous - 1] = following;
    else this.#lists[tick % TICKS] = following;
    this.#inWheel--;
  }

  #grow(): void {
    const following = new Int32Array(this.#table.capacity);
    const previous = new Int32Array(this.#table.capacity);
    following.set(this.#following);
    previous.set(this.#previous);
    this.#following = following;
    this.#previous = previous;
  }
}

const tickOf = (at: number): number => Math.floor(at / TICK_NS);
