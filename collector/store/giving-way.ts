import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** Linux numbers threads as processes. */
const THREADS = '/proc/self/task';
const OWN_THREAD = '/proc/thread-self';

/** Receiving comes first: this thread, and those the database begins, give way. Without numbers of threads nothing is lost. */
export async function givingWay<T>(begin: () => Promise<T>): Promise<T> {
  const before = threads();
  giveWay(own());
  const begun = await begin();
  for (const thread of threads()) if (!before.includes(thread)) giveWay(thread);
  return begun;
}

/** This thread gives way to such as receive, and not to those that give way themselves. */
export const givingWayToReceiving = (): void => giveWay(own(), constants.priority.PRIORITY_BELOW_NORMAL);

const own = (): number => (existsSync(OWN_THREAD) ? Number(readlinkSync(OWN_THREAD).split('/').at(-1)) : 0);
const threads = (): number[] => (existsSync(THREADS) ? readdirSync(THREADS).map(Number) : []);

function giveWay(thread: number, priority = constants.priority.PRIORITY_LOW): void {
  try {
    if (thread > 0) setPriority(thread, priority);
  } catch {
    // It has ended meanwhile.
  }
}
