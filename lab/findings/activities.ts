import { NS_PER_MS } from '../../core/time/instant.ts';
import type { AnswerContext } from '../../collector/query/answers.ts';
import { findActivities } from '../../collector/query/activities/find-activities.ts';
import type { AskedStore } from '../../collector/store/flow-store.ts';
import { scoreActivities, type ActivityScore } from '../verify/activities.ts';
import type { Site } from '../world/site.ts';
import { activitiesInTruth, trueSiteOf } from '../world/true-site.ts';

/** Asks the collector what the people of a site did, and lets the judge compare it with the ledger. */
export async function activitiesOf(site: Site, store: AskedStore, context: AnswerContext): Promise<ActivityScore> {
  const { epoch } = site;
  const told = await findActivities(store, context, { basis: 'flow' });
  const truth = activitiesInTruth(trueSiteOf(site), new Set(context.inventory.map(({ name }) => name)));
  return scoreActivities(
    truth,
    told.map(({ holder, application, category, startMs, endMs, upOctets, downOctets }) => ({
      who: holder.id,
      service: application,
      category,
      startNs: (startMs - epoch.unixMs) * NS_PER_MS,
      endNs: (endMs - epoch.unixMs) * NS_PER_MS,
      octets: upOctets + downOctets,
    })),
  );
}
