import type { MessageContext } from './message-context.ts';
import { isBefore } from './sent-statements.ts';
import type { ReportedTotals } from './session-summary.ts';

type Total = keyof ReportedTotals;

/** What one scope told last of one total. */
interface Told {
  readonly total: Total;
  readonly kind: string;
  readonly value: number;
  readonly message: TellingMessage;
}

/** The Message a total came in. */
type TellingMessage = Pick<MessageContext, 'index' | 'sequenceNumber' | 'exportTimeUs'>;

/** Sent before `other`, by its number and no later by its Export Time: after a restart the numbers alone, after a step the times alone go back. */
const isOlder = (message: TellingMessage, other: TellingMessage): boolean =>
  isBefore(message.sequenceNumber, other.sequenceNumber) && message.exportTimeUs <= other.exportTimeUs;

/**
 * Totals an exporter tells of parts of itself, such as line cards, each by the scope of its options (RFC 7011 section 3.4.2.1), added up.
 * Scopes of different kinds, such as line cards and the whole domain, tell of the same: the larger sum counts.
 */
export class ReportedScopes {
  readonly #maxScopes: number;
  readonly #told = new Map<string, Told>();
  /** Those there was no room for, as many again, so that each is told of once; their totals would be sums of some scopes only. */
  readonly #refused = new Set<string>();
  readonly #incomplete = new Set<Total>();
  #totals: ReportedTotals | undefined;

  constructor(maxScopes: number) {
    this.#maxScopes = maxScopes;
  }

  /** What all scopes tell together; a total that a scope beyond the limit tells, too, is none. */
  get totals(): ReportedTotals {
    return (this.#totals ??= this.#sum());
  }

  /** Totals that are none, because not all scopes that tell them are kept. */
  get incomplete(): readonly Total[] {
    return [...this.#incomplete];
  }

  /**
   * Takes what a scope tells in place of what it told before, unless a Message sent later has told it already. Returns, once for each scope and
   * total, that it is new, or beyond the limit.
   */
  learn(total: Total, kind: string, scope: string, value: number, message: TellingMessage): 'new' | 'refused' | undefined {
    const key = `${total} ${kind} ${scope}`;
    const known = this.#told.get(key);
    if (known !== undefined && isOlder(message, known.message)) return undefined;
    const isNew = known === undefined;
    if (isNew && this.#told.size >= this.#maxScopes) return this.#refuse(total, key);
    this.#told.set(key, { total, kind, value, message });
    this.#totals = undefined;
    return isNew ? 'new' : undefined;
  }

  /** Keeps only what came in that Message and later ones. */
  forgetBefore(message: number): void {
    for (const [key, told] of this.#told) if (told.message.index < message) this.#told.delete(key);
    this.#refused.clear();
    this.#incomplete.clear();
    this.#totals = undefined;
  }

  #refuse(total: Total, key: string): 'refused' | undefined {
    this.#incomplete.add(total);
    this.#totals = undefined;
    if (this.#refused.has(key) || this.#refused.size >= this.#maxScopes) return undefined;
    this.#refused.add(key);
    return 'refused';
  }

  #sum(): ReportedTotals {
    const sums = new Map<string, number>();
    const totals: Partial<Record<Total, number>> = {};
    for (const { total, kind, value } of this.#told.values()) {
      if (this.#incomplete.has(total)) continue;
      const sum = (sums.get(`${total} ${kind}`) ?? 0) + value;
      sums.set(`${total} ${kind}`, sum);
      totals[total] = Math.max(totals[total] ?? 0, sum);
    }
    return totals;
  }
}
