import { formatAddress } from '../../core/net/address-book.ts';
import type { IPv4Exporter } from '../../collector/store/flow-store.ts';
import { trueActivities, type TrueActivity } from '../verify/activities.ts';
import type { Ledger } from '../verify/ledger.ts';
import type { Site } from './site.ts';

/** A ledger, and whose the numbers in it are: of a run that goes on, or read from a file. */
export interface TrueSite {
  readonly name: string;
  readonly ledger: Ledger;
  /** Whose records are about the same packets. */
  readonly exporter: IPv4Exporter | undefined;
  /** The person a device belongs to, else its own name. */
  readonly nameOf: (device: number) => string | undefined;
  /** What an activity of the script does. */
  readonly kindOf: (activity: number) => string | undefined;
}

/** That of a site in this process. */
export const trueSiteOf = ({ name, ledger, exporter, office }: Site): TrueSite => ({
  name,
  ledger,
  exporter,
  nameOf: (index) => {
    const device = office.devices[index];
    return device?.person ?? device?.name;
  },
  kindOf: (activity) => office.activities[activity]?.config.do,
});

/** What people really did. Who is in none of these names of an inventory is known by address. */
export function activitiesInTruth({ ledger, nameOf, kindOf }: TrueSite, inventory: ReadonlySet<string>): TrueActivity[] {
  return trueActivities(ledger, {
    kindOf,
    whoOf: (device, insideAddress) => {
      const name = nameOf(device);
      return name === undefined || inventory.has(name) ? name : formatAddress(insideAddress);
    },
  });
}
