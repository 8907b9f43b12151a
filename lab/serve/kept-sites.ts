import { QueryMistake } from '../../collector/api/query-request.ts';
import type { Alert } from '../../collector/detect/alert.ts';
import type { InventoryEntry } from '../../collector/query/inventory.ts';
import type { Exporter } from '../../collector/store/flow-store.ts';
import { parseIPv4 } from '../../core/net/address.ts';
import type { Report } from '../report/report.ts';
import { HEADQUARTERS } from '../scenario/site-schema.ts';

/** A site of a kept run, as far as its report tells. */
export interface KeptSite {
  readonly name: string;
  /** Of several sites. */
  readonly exporter?: Exporter;
  readonly inventory: readonly InventoryEntry[];
  readonly alerts: readonly Alert[];
  /** By how much the router's clock was fast in the end; milliseconds. */
  readonly clockErrorMs: number;
}

/** The sites of a run, headquarters first. */
export class KeptSites {
  readonly all: readonly KeptSite[];

  constructor(report: Report) {
    const { sites = [{ name: HEADQUARTERS, clocks: report.clocks, exporter: undefined, observationDomainId: 0 }] } = report;
    this.all = sites.map(({ name, clocks, exporter, observationDomainId }) => {
      const isHere = ({ site }: { readonly site?: string | undefined }): boolean => site === undefined || site === name;
      const address = exporter === undefined ? undefined : parseIPv4(exporter);
      return {
        name,
        ...(address === undefined ? {} : { exporter: { address, observationDomainId } }),
        inventory: report.people.filter(isHere).map(({ name: person, address: own, otherAddresses, department }) => ({
          name: person,
          address: own,
          otherAddresses,
          department,
        })),
        // Which rows showed it is not kept.
        alerts: report.unusual.filter(isHere).map(({ truth: _, trueFromMs: _at, ...alert }) => ({ ...alert, flowIds: [] })),
        clockErrorMs: clocks.router.trueErrorAfterMs,
      };
    });
  }

  /** Headquarters unless another is asked for. Throws a QueryMistake for one there is not. */
  of(exporter: string | undefined): KeptSite {
    const site = exporter === undefined ? this.all[0] : this.all.find(({ name }) => name === exporter);
    if (site !== undefined) return site;
    throw new QueryMistake(`no router is called "${exporter}", only ${this.all.map(({ name }) => name).join(', ')}`);
  }
}
