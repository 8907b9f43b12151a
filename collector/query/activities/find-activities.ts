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
  return activitiesOf(store, await SeenFlows.of(store, context, request), holder);
}

/** The same of flows that were looked at already. */
export async function activitiesOf(store: AskedStore, seen: SeenFlows, holder?: string): Promise<NamedActivity[]> {
  const only = holder === undefined ? undefined : seen.isOf(holder);
  if (holder !== undefined && only === undefined) return [];
  return (await findSessions(store, seen, only)).map(nameActivity);
}
