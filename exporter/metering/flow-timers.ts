import { EventQueue } from '../../core/time/event-queue.ts';
import { trueNs } from '../../core/time/instant.ts';
import { NEXT_TIMER, PREVIOUS_TIMER, TIMER } from './flow-slot.ts';
import type { FlowTable } from './flow-table.ts';

const TICK_NS = 2 ** 23;
/** The wheel turns once in 137 s: few timers are set for later than that, and wait for another turn. */
const TICKS = 2 ** 14;

/**
 * One timer to a slot of the flow table; `TIMER` holds when it strikes. Those that strike soon lie in a heap, so that they leave
 * in the order of their instants, and those of the same instant in the order they were set. All others lie in a wheel: a list for
 * each tick, through the slots themselves, where setting and unsetting cost the same however many there are.
 */
export class FlowTimers {
  /** When the next timer strikes, or one that was unset would have; infinity when there is none. */
  next = Infinity;
  readonly #table: FlowTable;
  /** Timers of the present tick and those before it; empty only when there are none at all. */
  readonly #soon = new EventQueue<number>();
  #tick = 0;
  /** Timers of later ticks: the slot + 1 of the one that was set last, or 0. */
  readonly #lists = new Int32Array(TICKS);
  #inWheel = 0;

  constructor(table: FlowTable) {
    this.#table = table;
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

  /** Goes on to the next tick and moves its timers to the heap. */
  #turn(): void {
    const { numbers, words, stride } = this.#table;
    const tick = ++this.#tick;
    const last = this.#lists[tick % TICKS] as number;
    if (last === 0) return;
    // Back to the one that was set first.
    let link = last;
    for (let next = last; next !== 0; next = words[2 * (next - 1) * stride + NEXT_TIMER] as number) link = next;
    while (link !== 0) {
      const slot = link - 1;
      const at = numbers[slot * stride + TIMER] as number;
      link = words[2 * slot * stride + PREVIOUS_TIMER] as number;
      // The others wait for another turn.
      if (tickOf(at) !== tick) continue;
      this.#unlink(slot, tick);
      this.#soon.push(trueNs(at), slot);
    }
  }

  #link(slot: number, tick: number): void {
    const { words, stride } = this.#table;
    const first = this.#lists[tick % TICKS] as number;
    words[2 * slot * stride + NEXT_TIMER] = first;
    words[2 * slot * stride + PREVIOUS_TIMER] = 0;
    if (first !== 0) words[2 * (first - 1) * stride + PREVIOUS_TIMER] = slot + 1;
    this.#lists[tick % TICKS] = slot + 1;
    this.#inWheel++;
  }

  #unlink(slot: number, tick: number): void {
    const { words, stride } = this.#table;
    const next = words[2 * slot * stride + NEXT_TIMER] as number;
    const previous = words[2 * slot * stride + PREVIOUS_TIMER] as number;
    if (next !== 0) words[2 * (next - 1) * stride + PREVIOUS_TIMER] = previous;
    if (previous !== 0) words[2 * (previous - 1) * stride + NEXT_TIMER] = next;
    else this.#lists[tick % TICKS] = next;
    this.#inWheel--;
  }
}

const tickOf = (at: number): number => Math.floor(at / TICK_NS);
