import { z } from 'zod';
import { monitorSchema, routerSchema } from '../../exporter/config.ts';
import { ipSchema } from '../../exporter/office/activity-fields.ts';
import { officeSchema, peopleSchema } from '../../exporter/office/config.ts';
import { dhcpSchema } from '../../exporter/office/dhcp/config.ts';
import { linkSchema } from '../faults/link.ts';
import { clockSchema } from './clock.ts';

/** The site that the scenario's own `office`, `people` and `router` are. */
export const HEADQUARTERS = 'headquarters';

/** Every further site has an address of 203.0.113.0/24 and a network of 10.0.0.0/8 to itself. */
const MAX_SITES = 64;

/** Names become parts of file names. */
const NAME = /^[a-z0-9][a-z0-9-]*$/;

const probeSchema = monitorSchema.extend({
  clock: clockSchema.prefault({}).describe("The probe's clock."),
  exportsFrom: ipSchema
    .optional()
    .describe('The address it exports from; unless told 203.0.113.130, of site number n 203.0.113.(130 + n).'),
  link: linkSchema.optional().describe("From the probe to the collector; without it, as the router's is."),
});

const leasedOfficeSchema = officeSchema.extend({
  dhcp: dhcpSchema
    .extend({
      clock: clockSchema
        .optional()
        .describe('By which the DHCP server writes down when it lent an address, and until when; without it, by a right one.'),
    })
    .optional()
    .describe(officeSchema.shape.dhcp.description ?? ''),
});

/** What a site has as headquarters has it, with the same defaults. */
export const SITE_PARTS = {
  office: leasedOfficeSchema.prefault({}).describe('How many people and devices there are.'),
  people: peopleSchema.default([]).describe('The people whose day is written down; the others are generated.'),
  router: routerSchema
    .extend({
      clock: clockSchema.prefault({}).describe("The router's clock."),
      probe: probeSchema
        .optional()
        .describe(
          'A second device, on the wire between the router and the internet: it meters the same packets with public addresses, by a clock of its own, and exports them to the same collector.',
        ),
    })
    .prefault({})
    .describe('The NAT router and exporter.'),
};

const siteSchema = z.strictObject({
  name: z
    .string()
    .regex(NAME, 'is not made of small letters, digits and hyphens')
    .describe('Names the site in reports and files, and seeds what happens there.'),
  ...SITE_PARTS,
  exportsFrom: ipSchema.optional().describe('The address the router exports from; without it, its public address.'),
  links: z
    .strictObject({
      export: linkSchema.optional().describe("From the router to the collector; without it, as headquarters' is."),
      ntp: linkSchema.optional().describe("Between the NTP server and the router; without it, as headquarters' is."),
    })
    .prefault({})
    .describe('What happens to datagrams on their way.'),
});

export const sitesSchema = z
  .preprocess(withOwnAddresses, z.array(siteSchema).max(MAX_SITES))
  .prefault([])
  .describe(
    'Further sites of the company, each with people and a router of its own; all export to the one collector. Site number n has, unless told, the networks 10.n.0.0/16 and 2001:db8:(50 + n)::/64, the public address 203.0.113.(2 + n) and the Observation Domain 1 + n. IPv4 networks may overlap: the collector tells people apart by exporter as well.',
  );

/** What must differ between sites gets a value of the site's own where none is written. */
function withOwnAddresses(sites: unknown): unknown {
  if (!Array.isArray(sites)) return sites;
  return sites.map((site: unknown, index) => {
    const number = index + 1;
    return [
      ['office.network', `10.${number}.0.0/16`] as const,
      ['office.ipv6.prefix', `2001:db8:${50 + number}::/64`] as const,
      ['router.nat.publicAddress', `203.0.113.${2 + number}`] as const,
      ['router.exporting.observationDomainId', 1 + number] as const,
    ].reduce((filled, [path, own]) => withDefault(filled, path.split('.'), own), site);
  });
}

/** `value` with `own` at the path unless something is written there; what is no mapping is left for the schema to refuse. */
function withDefault(value: unknown, [step, ...rest]: readonly string[], own: unknown): unknown {
  if (step === undefined) return value ?? own;
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) return value;
  const mapping = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { ...mapping, [step]: withDefault(mapping[step], rest, own) };
}
