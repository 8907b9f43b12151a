import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { officeSchema, peopleSchema } from '../../../exporter/office/config.ts';
import { openOffice } from './run-office.ts';

/** The first complaint, as `path message`. */
function complaint(schema: z.ZodType, input: unknown): string | undefined {
  const issue = schema.safeParse(input).error?.issues[0];
  return issue && `${issue.path.join('.')} ${issue.message}`;
}

test('an empty office is 50 people in 10.0.0.0/16', () => {
  const office = officeSchema.parse({});
  expect(office).toEqual({
    employees: 50,
    network: { address: 0x0a000000, length: 16 },
    ipv6: { mode: 'off', prefix: { words: [0x20010db8, 0x00500000, 0, 0], length: 64 } },
    activityScale: 1,
    guests: 0,
    devices: [],
    colleagueActivities: [],
    outside: [],
  });
});

describe('bad input gets one sentence', () => {
  const watch = { do: 'watch', at: '10:00', application: 'youtube', minutes: 30, megabytes: 500 };
  const cases: [string, unknown, string][] = [
    ['an address', [{ name: 'A', ip: '10.0.0.300' }], '0.ip "10.0.0.300" is not an IPv4 address'],
    ['an address twice', [{ name: 'A', ip: '10.0.0.9' }, { name: 'B', ip: '10.0.0.9' }], '1.ip is already the address of A'],
    ['a name twice', [{ name: 'A' }, { name: 'A' }], '1.name "A" is named twice'],
    ['a time', [{ name: 'A', activities: [{ ...watch, at: '25:00' }] }], '0.activities.0.at "25:00" is not a time of day such as 09:30'],
    [
      'a target',
      [{ name: 'A', activities: [{ do: 'portScan', at: '10:00', target: 'x', ports: 9 }] }],
      '0.activities.0.target "x" is not an IPv4 address',
    ],
    [
      'more hosts than a network has',
      [{ name: 'A', activities: [{ do: 'monitor', at: '10:00', minutes: 9, network: '198.18.210.0/29', hosts: 7 }] }],
      '0.activities.0.hosts is more than the network has room for',
    ],
  ]; // prettier-ignore
  test.each(cases)('%s', (_, input, expected) => expect(complaint(peopleSchema, input)).toBe(expected));

  test('a network', () => {
    expect(complaint(officeSchema, { network: 'x' })).toBe('network "x" is not an IPv4 prefix such as 10.0.0.0/16');
    expect(complaint(officeSchema, { network: '10.0.0.0/28' })).toBe('network "10.0.0.0/28" must have a length from /8 to /22');
  });

  test('addresses that only the whole office can judge', () => {
    const device = { name: 'camera', ip: '10.0.0.9' };
    expect(() => openOffice({ people: [{ name: 'A', ip: '10.9.0.1' }] })).toThrow(
      new RangeError(`people[0].ip "10.9.0.1" is outside the office's network 10.0.0.0/16`),
    );
    expect(() => openOffice({ office: { devices: [device] }, people: [{ name: 'A', ip: '10.0.0.9' }] })).toThrow(
      new RangeError('office.devices[0].ip "10.0.0.9" is already the address of A'),
    );
    expect(() => openOffice({ office: { network: '10.0.0.0/22', employees: 2_000 } })).toThrow(RangeError);
  });
});

test('every key is described', () => {
  const keyless: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries((node as { properties?: object }).properties ?? {})) {
      if (!('description' in (value as object))) keyless.push(`${path}.${key}`);
    }
    for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`);
  };
  visit(z.toJSONSchema(officeSchema, { io: 'input' }), 'office');
  visit(z.toJSONSchema(peopleSchema, { io: 'input' }), 'people');
  expect(keyless).toEqual([]);
});
