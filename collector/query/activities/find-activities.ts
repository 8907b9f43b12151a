import type { AskedStore } from '../../store/flow-store.ts';
import { SeenFlows, type PeopleContext, type PeopleRequest } from '../people/seen-flows.ts';
import { nameActivity, type NamedActivity } from './name-activity.ts';
import { findSessions } from './sessions.ts';

/**
 * What people did, in the order it began: their flows joined into sessions and named. `holder` is one of them, by id; of an id that nobody has there is nothing.
 * Rejects with a RangeError when there are more sessions than are allowed at once.
 */
export async function findActivities(
  store: AskedStore,
  context: PeopleContext,
  request: PeopleRequest,
  holder?: string,
): Promise<NamedActivity[]> {
  return (await activitiesOf(store, await SeenFlows.of(store, context, request), holder)).activities;
}

/** The same of flows that were looked at already: the `most` with most octets, where that is told, and how many there are. */
export async function activitiesOf(
  store: AskedStore,
  seen: SeenFlows,
  holder?: string,
  most?: number,
): Promise<{ activities: NamedActivity[]; count: number }> {
  const only = holder === undefined ? undefined : seen.isOf(holder);
  if (holder !== undefined && only === undefined) return { activities: [], count: 0 };
  const { sessions, count } = await findSessions(store, seen, { only, most });
  return { activities: sessions.map(nameActivity), count };
}
