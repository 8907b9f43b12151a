import type { TrueActivity } from '../verify/activities.ts';
import { activitiesInTruth, type TrueSite } from '../world/true-site.ts';
import { TrueFlows } from '../view/true-flows.ts';

/** How far a run has come. */
interface Reached {
  readonly nowNs: number;
  readonly isOver: boolean;
}

/** The ledgers of a run, made ready to be asked when somebody first asks, and brought further when the run has come further. */
export class RunTruth {
  readonly #sites: readonly TrueSite[];
  readonly #epochUnixMs: number;
  readonly #reached: () => Reached;
  #flows: Promise<TrueFlows> | undefined;
  /** By site and names, of so many trains. */
  readonly #activities = new Map<TrueSite, { readonly key: string; readonly done: readonly TrueActivity[] }>();

  constructor(sites: readonly TrueSite[], epochUnixMs: number, reached: () => Reached) {
    this.#sites = sites;
    this.#epochUnixMs = epochUnixMs;
    this.#reached = reached;
  }

  async flows(): Promise<TrueFlows> {
    const flows = await (this.#flows ??= TrueFlows.open(this.#sites, this.#epochUnixMs));
    const { nowNs, isOver } = this.#reached();
    await flows.catchUp(nowNs, isOver);
    return flows;
  }

  /** What people of the site of that name did. */
  activities(inventory: ReadonlySet<string>, site: string): readonly TrueActivity[] {
    return this.#sites.filter(({ name }) => name === site).flatMap((one) => this.#activitiesOf(one, inventory));
  }

  close(): void {
    void this.#flows?.then((flows) => flows.close());
    this.#flows = undefined;
  }

  #activitiesOf(site: TrueSite, inventory: ReadonlySet<string>): readonly TrueActivity[] {
    const key = JSON.stringify([this.#reached(), [...inventory]]);
    const known = this.#activities.get(site);
    if (known?.key === key) return known.done;
    const done = activitiesInTruth(site, inventory);
    this.#activities.set(site, { key, done });
    return done;
  }
}
