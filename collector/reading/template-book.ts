import { isSameTemplate, type Template } from '../../core/ipfix/template.ts';
import type { ReadingConfig } from './config.ts';
import { describeTemplate, type DescribedTemplate } from './described-template.ts';

interface Entry {
  readonly described: DescribedTemplate;
  /** When it came last, by the clock of who received it; Infinity for one that does not grow old. */
  receivedAtS: number;
}

export type Definition = 'new' | 'same' | 'changed' | 'refused';

export type TemplateLimits = Pick<ReadingConfig, 'maxTemplates' | 'maxEmptyFields' | 'templateLifetimeS'>;

/** The Templates of one session: what their IDs mean now. */
export class TemplateBook {
  /** Templates that were not repeated in time. */
  expired = 0;
  readonly #limits: TemplateLimits;
  readonly #isV9: boolean;
  readonly #entries = new Map<number, Entry>();

  constructor(limits: TemplateLimits, isV9: boolean) {
    this.#limits = limits;
    this.#isV9 = isV9;
  }

  /** The latest definition counts (RFC 7011 section 8.4: over UDP an ID is given a new meaning without a withdrawal). */
  define(template: Template, nowS: number): Definition {
    const known = this.#entries.get(template.id);
    if (known !== undefined && isSameTemplate(known.described.template, template)) {
      known.receivedAtS = nowS;
      return 'same';
    }
    const { maxTemplates, maxEmptyFields } = this.#limits;
    if (template.fields.filter(({ length }) => length === 0).length > maxEmptyFields) return 'refused';
    if (known === undefined && this.#entries.size >= maxTemplates) return 'refused';
    this.#entries.set(template.id, { described: describeTemplate(template, this.#isV9), receivedAtS: nowS });
    return known === undefined ? 'new' : 'changed';
  }

  /** `undefined` when the ID has no meaning, or none any more. */
  get(templateId: number, nowS: number): DescribedTemplate | undefined {
    const entry = this.#entries.get(templateId);
    if (entry === undefined || nowS - entry.receivedAtS <= this.#limits.templateLifetimeS) return entry?.described;
    this.#entries.delete(templateId);
    this.expired++;
    return undefined;
  }

  withdraw(templateId: number): void {
    this.#entries.delete(templateId);
  }

  /** All Templates, or all Options Templates (RFC 7011 section 8.1). */
  withdrawAll(isOptions: boolean): void {
    for (const [id, { described }] of this.#entries) {
      if (described.template.scopeFieldCount > 0 === isOptions) this.#entries.delete(id);
    }
  }
}
