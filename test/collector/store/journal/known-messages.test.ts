import { describe, expect, it } from 'vitest';
import type { Datagram } from '../../../../collector/collecting/datagram.ts';
import { KnownMessages } from '../../../../collector/store/journal/known-messages.ts';
import { message, numbers, set, template } from '../../../support/ipfix-octets.ts';

const datagram = (payload: Uint8Array, source = '192.0.2.1:4739'): Datagram => ({ payload, source, receivedAtUs: 1 });

/** NetFlow v9 (RFC 3954 section 5.1). */
const v9Message = (sequenceNumber: number, flowSets: readonly (readonly number[])[], timeS = 1_780_000_000): Uint8Array =>
  Uint8Array.from([
    ...numbers([9, 2], [flowSets.length, 2], [sequenceNumber * 1_000, 4], [timeS, 4], [sequenceNumber, 4], [1, 4]),
    ...flowSets.flat(),
  ]);

const OLD_FORM = template(256, [[1, 4]]);
const NEW_FORM = template(256, [[1, 8]]);

/** The sorts of Message, and under which id each defines Templates. */
const PROTOCOLS = [
  { name: 'IPFIX', messageOf: message, templateSet: 2 },
  { name: 'NetFlow v9', messageOf: v9Message, templateSet: 0 },
] as const;

describe.each(PROTOCOLS)('known Messages of $name', ({ messageOf, templateSet }) => {
  it('are kept once, with the latest data and time, however often the same is taught', () => {
    const known = new KnownMessages();
    const told = (number: number): Uint8Array =>
      messageOf(number, [set(templateSet, OLD_FORM), set(256, numbers([number, 4]))], 1_780_000_000 + number);
    for (let number = 0; number < 50; number++) known.add(datagram(told(number)), true);
    expect(known.all).toEqual([datagram(told(49))]);
  });

  it('have Templates in the form they were told in last, at the end', () => {
    const known = new KnownMessages();
    const [old, changed] = [OLD_FORM, NEW_FORM].map((form) => messageOf(1, [set(templateSet, form)])) as [Uint8Array, Uint8Array];
    known.add(datagram(old), true);
    known.add(datagram(changed), true);
    expect(known.all.at(-1)?.payload).toEqual(changed);
    known.add(datagram(old), true);
    expect(known.all.map(({ payload }) => payload)).toEqual([changed, old]);
  });

  it('are those that came last, and as many options as Templates', () => {
    const known = new KnownMessages();
    for (let id = 0; id < 2_000; id++) known.add(datagram(messageOf(id, [set(templateSet, template(256 + id, [[1, 4]]))])), true);
    const templates = known.all;
    expect(templates).toHaveLength(1_024);
    expect(templates.at(-1)?.payload).toEqual(messageOf(1_999, [set(templateSet, template(2_255, [[1, 4]]))]));
    for (let number = 0; number < 20_000; number++)
      known.add(datagram(messageOf(1, [set(999, numbers([number, 4], [7, 4]))])), false);
    expect(known.all).toHaveLength(2_048);
    expect(known.all.slice(0, 1_024)).toEqual(templates);
  });
});

describe('known Messages', () => {
  it('of options are the latest of what each is about, and of no more octets than four mebioctets of either sort', () => {
    const known = new KnownMessages();
    const told = (sampler: number, figure: number): Datagram =>
      datagram(message(figure, [set(258, numbers([sampler, 4], [figure, 4]))]));
    for (let figure = 0; figure < 5_000; figure++) for (const sampler of [1, 2]) known.add(told(sampler, figure), false);
    expect(known.all).toEqual([told(1, 4_999), told(2, 4_999)]);
    for (let sampler = 0; sampler < 200; sampler++)
      known.add(datagram(message(0, [set(258, [...numbers([sampler, 4]), ...new Array<number>(60_000).fill(0)])])), false);
    const octets = known.all.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(octets).toBeLessThanOrEqual(4_194_304);
    expect(octets).toBeGreaterThan(4_000_000);
  });

  it('are told apart by their sender and Observation Domain', () => {
    const known = new KnownMessages();
    for (const source of ['192.0.2.1:4739', '192.0.2.2:4739'])
      for (const domain of [1, 2]) known.add(datagram(message(0, [set(2, OLD_FORM)], 0, domain), source), true);
    expect(known.all).toHaveLength(4);
  });

  it('come with Templates before the options they are needed for, and do not change with the memory they came in', () => {
    const known = new KnownMessages();
    const options = message(0, [set(258, numbers([7, 4]))]);
    const taught = message(1, [set(3, template(258, [[149, 4]], 1))]);
    const memory = options.slice();
    known.add(datagram(memory), false);
    memory.fill(0);
    known.add(datagram(taught), true);
    expect(known.all.map(({ payload }) => payload)).toEqual([taught, options]);
  });
});
