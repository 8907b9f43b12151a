import { formatAddress } from '../../core/net/address-book.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import type { AnswerContext } from '../../collector/query/answers.ts';
import { findActivities } from '../../collector/query/activities/find-activities.ts';
import type { AskedStore } from '../../collector/store/flow-store.ts';
import { scoreActivities, trueActivities, type ActivityScore } from '../verify/activities.ts';
import type { Site } from '../world/site.ts';

/** Asks the collector what the people of a site did, and lets the judge compare it with the ledger. */
export async function activitiesOf(site: Site, store: AskedStore, context: AnswerContext): Promise<ActivityScore> {
  const { ledger, office, epoch } = site;
  const told = await findActivities(store, context, { basis: 'flow' });
  const known = new Set(context.inventory.map(({ name }) => name));
  const truth = trueActivities(ledger, {
    kindOf: (activity) => office.activities[activity]?.config.do,
    whoOf: (index, insideAddress) => {
      const device = office.devices[index];
      if (device === undefined) return undefined;
      const name = device.person ?? device.name;
      return known.has(name) ? name : formatAddress(insideAddress);
    },
  });
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
