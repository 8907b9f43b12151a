import { z } from 'zod';
import { parseIPv4, parsePrefix } from '../../core/net/address.ts';
import { activitiesSchema } from './activity-config.ts';
import { ipSchema } from './activity-fields.ts';
import { dhcpSchema } from './dhcp/config.ts';
import { ipv6Schema } from './ipv6-config.ts';
import { outsideSchema } from './outside/config.ts';

const networkSchema = z
  .string()
  .default('10.0.0.0/16')
  .transform((text, context) => {
    const prefix = parsePrefix(text);
    if (prefix === undefined) context.addIssue(`"${text}" is not an IPv4 prefix such as 10.0.0.0/16`);
    else if (prefix.length < 8 || prefix.length > 22) context.addIssue(`"${text}" must have a length from /8 to /22`);
    return prefix ?? { address: parseIPv4('10.0.0.0') ?? 0, length: 16 };
  });

const deviceSchema = z.strictObject({
  name: z.string().min(1).describe('What the device is called in reports.'),
  ip: ipSchema.describe('Its address inside the office.'),
  inventoried: z.boolean().default(false).describe("Whether it stands in the company's inventory."),
  kind: z
    .string()
    .min(1)
    .default('unknown')
    .describe(
      'What sort of device it is. A camera, printer, server or desk phone does what such things do; any other uses a little web.',
    ),
  activities: activitiesSchema.describe('What it does beside.'),
});

/** The office as a whole; an empty object is 50 people and no other devices. */
export const officeSchema = z.strictObject({
  employees: z.int().min(0).max(50_000).default(50).describe('People in the office, those of `people` included.'),
  network: networkSchema.describe('The prefix inside the router; generated people start at host 1.10 of it.'),
  dhcp: dhcpSchema
    .optional()
    .describe("Guests' telephones, or people's computers too, take an address when they come and leave it when they go."),
  ipv6: ipv6Schema.prefault({}).describe('IPv6 inside the router.'),
  activityScale: z
    .number()
    .min(0)
    .max(20)
    .default(1)
    .describe('Multiplies how often generated traffic occurs; 0 leaves only what is written down.'),
  guests: z
    .int()
    .min(0)
    .max(5_000)
    .default(0)
    .describe("Visitors' telephones on the guest Wi-Fi, known to the inventory as guests; not all of them come every day."),
  devices: z
    .array(deviceSchema)
    .default([])
    .superRefine((devices, context) => {
      for (const { index, key, text } of repeated(devices))
        context.addIssue({ code: 'custom', path: [index, key], message: text });
    })
    .describe('Devices that belong to nobody.'),
  colleagueActivities: activitiesSchema.describe('What every generated colleague does for certain, beside what habits say.'),
  outside: outsideSchema.describe("What strangers send to the office's public address."),
});

const HABITS = ['worker', 'developer', 'support', 'sales', 'manager', 'light'] as const;

const personSchema = z.strictObject({
  name: z.string().min(1).describe('How reports call the person; also seeds what is generated for the person.'),
  ip: ipSchema.optional().describe("Address of the person's computer; without it, a free one."),
  department: z.string().min(1).default('Office').describe('Where the person works.'),
  habits: z
    .enum(HABITS)
    .optional()
    .describe('What is generated beside `activities`; light when there are activities (far less than they use), else worker.'),
  activities: activitiesSchema.describe(
    'What the person does for certain; the applications named here are not generated as well.',
  ),
});

/** The people whose day is written down. */
export const peopleSchema = z.array(personSchema).superRefine((people, context) => {
  for (const { index, key, text } of repeated(people)) context.addIssue({ code: 'custom', path: [index, key], message: text });
});

export type OfficeConfig = z.output<typeof officeSchema>;
export type PersonConfig = z.output<typeof peopleSchema>[number];
export type Habits = (typeof HABITS)[number];

interface Named {
  readonly name: string;
  readonly ip?: number | undefined;
}

/** Names and addresses that stand in the list for the second time. */
function* repeated(items: readonly Named[]): Generator<{ index: number; key: 'name' | 'ip'; text: string }> {
  const names = new Set<string>();
  const holders = new Map<number, string>();
  for (const [index, { name, ip }] of items.entries()) {
    if (names.has(name)) yield { index, key: 'name', text: `"${name}" is named twice` };
    names.add(name);
    if (ip === undefined) continue;
    const holder = holders.get(ip);
    if (holder !== undefined) yield { index, key: 'ip', text: `is already the address of ${holder}` };
    holders.set(ip, name);
  }
}
