import { isSameTemplate, type Template } from '../../core/ipfix/template.ts';
import type { SessionRules } from './session-limits.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';

interface Entry<Known> {
  known: Known;
  /** When it came last, by the clock of who received it; Infinity for one that does not grow old. */
  receivedAtS: number;
}

export type Definition = 'new' | 'same' | 'changed' | 'refused';

export type TemplateLimits = Pick<SessionRules, 'maxTemplates' | 'maxEmptyFields' | 'templateLifetimeS'>;

/** How many Templates all sessions together may still have. */
export interface TemplateBudget {
  templatesLeft: number;
}

/** The Templates of one session: what their IDs mean now. */
export class TemplateBook<Known extends KnownTemplate> {
  /** Templates that were not repeated in time. */
  expired = 0;
  readonly #limits: TemplateLimits;
  readonly #isV9: boolean;
  readonly #budget: TemplateBudget;
  readonly #describe: SetDecoder<Known>['describe'];
  readonly #entries = new Map<number, Entry<Known>>();

  constructor(
    limits: TemplateLimits,
    isV9: boolean,
    budget: TemplateBudget,
    describe: (template: Template, isV9: boolean) => Known | undefined,
  ) {
    this.#limits = limits;
    this.#isV9 = isV9;
    this.#budget = budget;
    this.#describe = describe;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(templateId: number): boolean {
    return this.#entries.has(templateId);
  }

  /** The latest definition counts (RFC 7011 section 8.4: over UDP an ID is given a new meaning without a withdrawal). */
  define(template: Template, nowS: number): Definition {
    const entry = this.#entries.get(template.id);
    if (entry !== undefined && isSameTemplate(entry.known.template, template)) {
      entry.receivedAtS = nowS;
      return 'same';
    }
    const { maxTemplates, maxEmptyFields } = this.#limits;
    if (template.fields.filter(({ length }) => length === 0).length > maxEmptyFields) return 'refused';
    if (entry === undefined && (this.#entries.size >= maxTemplates || this.#budget.templatesLeft <= 0)) return 'refused';
    const known = this.#describe(template, this.#isV9);
    if (known === undefined) return 'refused';
    this.#entries.set(template.id, { known, receivedAtS: nowS });
    if (entry !== undefined) return 'changed';
    this.#budget.templatesLeft--;
    return 'new';
  }

  /** What the ID meant last, for who only looks: nothing grows old by it. */
  peek(templateId: number): Known | undefined {
    return this.#entries.get(templateId)?.known;
  }

  /** `undefined` when the ID has no meaning, or none any more. */
  get(templateId: number, nowS: number): Known | undefined {
    const entry = this.#entries.get(templateId);
    if (entry === undefined || nowS - entry.receivedAtS <= this.#limits.templateLifetimeS) return entry?.known;
    this.withdraw(templateId);
    this.expired++;
    return undefined;
  }

  withdraw(templateId: number): void {
    if (this.#entries.delete(templateId)) this.#budget.templatesLeft++;
  }

  /** All Templates, or all Options Templates (RFC 7011 section 8.1). */
  withdrawAll(isOptions: boolean): void {
    for (const [id, { known }] of this.#entries) if (known.template.scopeFieldCount > 0 === isOptions) this.withdraw(id);
  }

  /** The session is forgotten. */
  clear(): void {
    this.#budget.templatesLeft += this.#entries.size;
    this.#entries.clear();
  }
}
