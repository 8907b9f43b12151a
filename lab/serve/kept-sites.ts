import type { Alert } from '../../collector/detect/alert.ts';
import type { InventoryEntry } from '../../collector/query/inventory.ts';
import type { Report } from '../report/report.ts';
import type { ToldSite } from '../world/sites-file.ts';
import { siteNamed } from './site-named.ts';

/** A site of a kept run, as its report and sites.json tell. */
interface KeptSite extends ToldSite {
  readonly inventory: readonly InventoryEntry[];
  readonly alerts: readonly Alert[];
  /** True time at which one of them was raised, in milliseconds since 1970. */
  readonly raisedTrulyMs: (alert: Alert) => number;
  /** By how much the router's clock was fast in the end; milliseconds. */
  readonly clockErrorMs: number;
}

/** The sites of a run, headquarters first. */
export class KeptSites {
  readonly all: readonly KeptSite[];

  constructor(report: Report, told: readonly ToldSite[]) {
    this.all = told.map((one) => {
      const isHere = ({ site }: { readonly site?: string | undefined }): boolean => site === undefined || site === one.name;
      const { clocks } = report.sites?.find(({ name }) => name === one.name) ?? report;
      const unusual = report.unusual.filter(isHere);
      const raisedAt = new Map(unusual.map(({ id, trueRaisedAtMs }) => [id, trueRaisedAtMs]));
      return {
        ...one,
        inventory: report.people.filter(isHere).map(({ name: person, address: own, otherAddresses, department }) => ({
          name: person,
          address: own,
          otherAddresses,
          department,
        })),
        // Which rows showed it is not kept.
        alerts: unusual.map(({ truth: _, trueFromMs: _from, trueRaisedAtMs: _at, ...alert }) => ({ ...alert, flowIds: [] })),
        raisedTrulyMs: ({ id, raisedAtMs }) => raisedAt.get(id) ?? raisedAtMs,
        clockErrorMs: clocks.router.trueErrorAfterMs,
      };
    });
  }

  /** Headquarters unless another is asked for. Throws a QueryMistake for one there is not. */
  of(exporter: string | undefined): KeptSite {
    return siteNamed(this.all, exporter);
  }
}
