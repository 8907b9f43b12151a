import { formatStored } from '../../core/net/stored-address.ts';
import type { Exporter } from '../store/flow-store.ts';
import type { Advice, Alert, AlertKind, Telling } from './alert.ts';
import type { AllowList } from './allow-list.ts';

/** A matter an alert was raised for. What is told of it may grow: the detector says so by `AlertBook.changed`. */
export interface Case {
  readonly id: string;
  readonly kind: AlertKind;
  readonly raisedAtMs: number;
  /** What the detector knows of it by now. */
  readonly tell: () => Telling;
}

/** The alerts there are of the records of one exporter. Each matter is raised once, and told anew when more of it is known. */
export class AlertBook {
  /** Alerts that were raised while there was no room for more. */
  refused = 0;
  readonly #maxAlerts: number;
  readonly #exporter: Exporter;
  readonly #allowed: AllowList;
  readonly #advice: ReadonlyMap<AlertKind, Advice>;
  readonly #cases = new Set<Case>();
  readonly #changed = new Set<Case>();
  readonly #raised = new Map<AlertKind, number>();

  /** Alerts that are `allowed` are kept and not told: what is known of them may grow beyond that. */
  constructor(exporter: Exporter, allowed: AllowList, maxAlerts: number, advice: ReadonlyMap<AlertKind, Advice>) {
    this.#exporter = exporter;
    this.#allowed = allowed;
    this.#maxAlerts = maxAlerts;
    this.#advice = advice;
  }

  /** Alerts so far, as far as known now, in no order. */
  get alerts(): Alert[] {
    return [...this.#cases].flatMap((each) => this.#alertOf(each) ?? []);
  }

  /** Raises an alert, at an instant of the collector's clock in microseconds since 1970. Call it once for each matter. */
  raise(kind: AlertKind, raisedAtUs: number, tell: () => Telling): Case {
    const number = (this.#raised.get(kind) ?? 0) + 1;
    this.#raised.set(kind, number);
    const { address, observationDomainId } = this.#exporter;
    const id = `${kind}-${number}@${formatStored(address)}/${observationDomainId}`;
    const raised = { id, kind, raisedAtMs: Math.floor(raisedAtUs / 1_000), tell };
    if (this.#cases.size < this.#maxAlerts) {
      this.#cases.add(raised);
      this.#changed.add(raised);
    } else this.refused++;
    return raised;
  }

  /** More is known of it than when it was told last. */
  changed(known: Case): void {
    if (this.#cases.has(known)) this.#changed.add(known);
  }

  /** The next alert that is new or tells more than before, or `undefined`. */
  poll(): Alert | undefined {
    for (const next of this.#changed) {
      this.#changed.delete(next);
      const alert = this.#alertOf(next);
      if (alert !== undefined) return alert;
    }
    return undefined;
  }

  #alertOf({ id, kind, raisedAtMs, tell }: Case): Alert | undefined {
    const telling = tell();
    if (this.#allowed.allows(kind, telling)) return undefined;
    const { innocent = [], next = [] } = this.#advice.get(kind) ?? {};
    const { address, observationDomainId } = this.#exporter;
    return { id, kind, exporter: formatStored(address), observationDomainId, raisedAtMs, ...telling, innocent, next };
  }
}
