import { z } from 'zod';
import { parseRange, parseStored, rangeHas, type StoredAddress } from '../../core/net/stored-address.ts';
import { ALERT_KINDS, type AlertKind, type Telling } from './alert.ts';

const MAX_ENTRIES = 1_000;

const range = z
  .string()
  .max(50)
  .refine((text) => parseRange(text) !== undefined, 'is neither an address nor a prefix, such as 10.0.8.30 or 192.0.2.0/24');

const entrySchema = z
  .strictObject({
    kind: z.enum(ALERT_KINDS).optional().describe('Alerts of this kind; of every kind without it.'),
    who: z.string().min(1).max(200).optional().describe('By or for whom: the name in the inventory.'),
    address: range.optional().describe('The same by address or prefix.'),
    target: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe(
        'To whom: an address or prefix, a DNS name with all below it, or an application, as the alert has it. A prefix allows what lies in it whole.',
      ),
    reason: z.string().max(500).default('').describe('Why, for whoever reads the configuration later.'),
  })
  .refine(
    ({ kind, who, address, target }) => [kind, who, address, target].some((part) => part !== undefined),
    'says nothing of what is allowed: give kind, who, address or target',
  );

export const allowSchema = z
  .array(entrySchema)
  .max(MAX_ENTRIES)
  .default([])
  .describe(
    'What is known to be harmless and not told: a vulnerability scanner, a backup, uploads of whoever edits films. All that an entry says has to fit.',
  );

type Entry = z.output<typeof entrySchema>;

/** What of alerts nobody is to be told, by the configuration. */
export class AllowList {
  readonly #entries: readonly Entry[];
  readonly #nameOf: (address: StoredAddress) => string | undefined;

  /** `nameOf`: the name DNS gave an address for. */
  constructor(entries: readonly Entry[], nameOf: (address: StoredAddress) => string | undefined) {
    this.#entries = entries;
    this.#nameOf = nameOf;
  }

  allows(kind: AlertKind, { who, address, target }: Telling): boolean {
    return this.#entries.some(
      (entry) =>
        (entry.kind ?? kind) === kind &&
        (entry.who ?? who) === who &&
        (entry.address === undefined || lies(address, entry.address)) &&
        (entry.target === undefined || this.#isTarget(target, entry.target)),
    );
  }

  #isTarget(target: string, allowed: string): boolean {
    const place = placeOf(target);
    if (target === allowed || lies(place, allowed)) return true;
    const address = parseStored(place);
    const name = (address === undefined ? undefined : this.#nameOf(address))?.toLowerCase();
    const below = allowed.toLowerCase();
    return name !== undefined && (name === below || name.endsWith(`.${below}`));
  }
}

/** The address or prefix of a target that may be an endpoint. */
const placeOf = (target: string): string =>
  /^\[?(.*?)\]?:\d+$/.exec(parseRange(target) === undefined ? target : '')?.[1] ?? target;

/** Whether an address or prefix lies whole in another. */
function lies(inner: string, outer: string): boolean {
  const [one, other] = [parseRange(inner), parseRange(outer)];
  return one !== undefined && other !== undefined && rangeHas(other, one.first) && rangeHas(other, one.last);
}
