import type { ReportedTotals } from './session-summary.ts';

/** What is told of each scope of one kind. */
interface Told {
  readonly byScope: Map<string, number>;
  sum: number;
}

/**
 * Totals an exporter tells of parts of itself, such as line cards, each by the scope of its options (RFC 7011 section 3.4.2.1), added up.
 * Scopes of different kinds, such as line cards and the whole domain, tell of the same: the larger sum counts.
 */
export class ReportedScopes {
  readonly #maxScopes: number;
  readonly #told = new Map<keyof ReportedTotals, Map<string, Told>>();
  #scopes = 0;

  constructor(maxScopes: number) {
    this.#maxScopes = maxScopes;
  }

  /** Takes what a scope tells now in place of what it told before, and returns the total. What is beyond the limit is not added. */
  learn(total: keyof ReportedTotals, kind: string, scope: string, value: number): number {
    const byKind = this.#told.get(total) ?? new Map<string, Told>();
    const told = byKind.get(kind) ?? { byScope: new Map<string, number>(), sum: 0 };
    const before = told.byScope.get(scope);
    if (before !== undefined || this.#scopes++ < this.#maxScopes) {
      told.sum += value - (before ?? 0);
      told.byScope.set(scope, value);
      this.#told.set(total, byKind.set(kind, told));
    }
    return Math.max(0, ...[...byKind.values()].map(({ sum }) => sum));
  }
}
