import fc from 'fast-check';
import type { ToldAlert } from '../../../../lab/verify/detection/match.ts';
import { EVENT_KINDS, type TrueEvent } from '../../../../lab/verify/detection/true-event.ts';

/** Addresses of a small office, so that events often share some. */
export const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as const;
const FIRST = 0x0a000001;

export const event = (written: Partial<TrueEvent> = {}): TrueEvent => ({
  kind: 'beacon',
  who: 'John',
  subjects: new Set([FIRST]),
  targets: new Set(),
  fromMs: 1_000_000,
  toMs: 2_000_000,
  flows: 10,
  octets: 1_000,
  records: 10,
  ...written,
});

export const alert = (written: Partial<ToldAlert> = {}): ToldAlert => ({
  kind: 'beacon',
  address: ADDRESSES[0],
  firstSeenMs: 1_000_000,
  lastSeenMs: 1_500_000,
  raisedAtMs: 1_500_010,
  raisedTrulyMs: 1_500_000,
  ...written,
});

/** What a detector that knows everything says of an event. */
export const perfectAlert = ({ kind, subjects, fromMs, toMs }: TrueEvent): ToldAlert => {
  const [subject] = subjects;
  const address = ADDRESSES[Number(subject) - FIRST] as string;
  return { kind, address, firstSeenMs: fromMs, lastSeenMs: toMs, raisedAtMs: toMs, raisedTrulyMs: toMs };
};

const spanArbitrary = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 100 }));
/** Few kinds, addresses and instants: then much fits much. */
const KINDS = EVENT_KINDS.slice(0, 2);

export const eventsArbitrary: fc.Arbitrary<TrueEvent[]> = fc.array(
  fc
    .tuple(fc.constantFrom(...KINDS), fc.subarray([0, 1, 2], { minLength: 1 }), spanArbitrary)
    .map(([kind, subjects, [from, length]]) =>
      event({ kind, subjects: new Set(subjects.map((index) => FIRST + index)), fromMs: from, toMs: from + length }),
    ),
  { maxLength: 6 },
);

export const alertsArbitrary: fc.Arbitrary<ToldAlert[]> = fc.array(
  fc
    .tuple(fc.constantFrom(...KINDS, 'made-up'), fc.constantFrom(...ADDRESSES, '10.0.0.0/30'), spanArbitrary, fc.nat(1_000))
    .map(([kind, address, [from, length], raised]) =>
      alert({
        kind,
        address,
        firstSeenMs: from,
        lastSeenMs: from + length,
        raisedAtMs: from + raised,
        raisedTrulyMs: from + raised,
      }),
    ),
  { maxLength: 7 },
);
