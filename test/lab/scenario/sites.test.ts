import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { formatIPv4 } from '../../../core/net/address.ts';
import { parseRange } from '../../../core/net/stored-address.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { openScenario } from '../../../lab/scenario/load.ts';
import { scenarioSchema } from '../../../lab/scenario/schema.ts';
import { sitesOf } from '../../../lab/scenario/sites.ts';
import { SMALL } from '../../support/small-world.ts';

/** What a scenario file with these lines at its end is refused for. */
function mistakes(lines: string): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-sites-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'mine.yaml');
  writeFileSync(file, `title: Mine\nstart: 2026-03-02T08:00:00Z\n${lines}\n`);
  try {
    openScenario(file).read();
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

test('a site needs nothing but a name', () => {
  const scenario = scenarioSchema.parse({ ...SMALL, sites: [{ name: 'berlin' }, { name: 'lisbon', office: { employees: 20 } }] });
  const [headquarters, berlin, lisbon] = sitesOf(scenario);
  expect(headquarters.exporter).toEqual({ address: 0x0a000001, observationDomainId: 1 });
  expect(formatIPv4(berlin?.exporter.address ?? 0)).toBe('203.0.113.3');
  expect(berlin?.exporter.observationDomainId).toBe(2);
  expect(berlin?.inside).toEqual(['10.1.0.0/16', '2001:db8:51::/64'].map(parseRange));
  expect(berlin?.links).toEqual(scenario.links);
  expect(formatIPv4(lisbon?.router.nat.publicAddress ?? 0)).toBe('203.0.113.4');
  expect(lisbon?.exporter.observationDomainId).toBe(3);
  expect(lisbon?.office).toMatchObject({ employees: 20, network: { address: 0x0a020000, length: 16 } });
});

test('what is written is kept', () => {
  const scenario = scenarioSchema.parse({
    ...SMALL,
    sites: [
      {
        name: 'berlin',
        office: { network: '192.168.0.0/16' },
        router: { nat: { publicAddress: '203.0.113.77' }, exporting: { observationDomainId: 9 } },
        exportsFrom: '192.168.0.1',
        links: { export: { delayMs: 20 } },
      },
    ],
  });
  const [, berlin] = sitesOf(scenario);
  expect(berlin?.inside).toEqual(['192.168.0.0/16', '2001:db8:51::/64'].map(parseRange));
  expect(berlin?.exporter).toEqual({ address: 0xc0a80001, observationDomainId: 9 });
  expect(berlin?.links.export.delayMs).toBe(20);
  expect(berlin?.links.ntp).toEqual(scenario.links.ntp);
});

test.each([
  [
    'a public address of two',
    'sites: [{ name: berlin, router: { nat: { publicAddress: 203.0.113.2 } } }]',
    'mine.yaml:3:57 sites[0].router.nat.publicAddress "203.0.113.2" is a public address of headquarters already',
  ],
  [
    'one that another has by default',
    'sites: [{ name: berlin, router: { nat: { publicAddress: 203.0.113.4 } } }, { name: lisbon }]',
    'mine.yaml:3:76 sites[1].router.nat.publicAddress "203.0.113.4" is a public address of berlin already',
  ],
  [
    'one of a pool',
    'sites: [{ name: berlin, router: { nat: { publicAddresses: [203.0.113.2] } } }]',
    'mine.yaml:3:59 sites[0].router.nat.publicAddresses "203.0.113.2" is a public address of headquarters already',
  ],
  [
    'the same exporter',
    'sites: [{ name: berlin, exportsFrom: 10.0.0.1, router: { exporting: { observationDomainId: 1 } } }]',
    'mine.yaml:3:38 sites[0].exportsFrom "10.0.0.1" with Observation Domain 1 is the router of headquarters already',
  ],
  [
    'a name twice',
    'sites: [{ name: berlin }, { name: berlin }]',
    'mine.yaml:3:35 sites[1].name "berlin" is the name of berlin already',
  ],
  [
    'the name of headquarters',
    'sites: [{ name: headquarters }]',
    'mine.yaml:3:17 sites[0].name "headquarters" is the name of headquarters already',
  ],
  [
    'an unknown key',
    'sites: [{ name: berlin, offce: {} }]',
    'mine.yaml:3:25 sites[0]: unknown key "offce", did you mean "office"?',
  ],
  ['no name', 'sites: [{}]', 'mine.yaml:3:9 sites[0].name is missing: expected string'],
  ['no list', 'sites: berlin', 'mine.yaml:3:8 sites "berlin": expected array, received string'],
  [
    'an export nobody can judge',
    'sites: [{ name: berlin, router: { exporting: { protocol: netflow-v9 } } }]',
    'mine.yaml:3:58 sites[0].router.exporting.protocol "netflow-v9" must be ipfix, the only one the collector reads; export it by router.monitors instead',
  ],
  [
    'a check of no site',
    'checks: [{ name: a, metric: differences, equals: 0, site: rome }]\nsites: [{ name: berlin }]',
    'mine.yaml:3:59 checks[0].site "rome" is not the name of a site: known are headquarters, berlin',
  ],
])('%s is one sentence with its place', (_what, lines, sentence) => {
  expect(mistakes(lines)).toEqual([sentence]);
});

test.each([
  [
    'a pool outside the network',
    'office: { dhcp: { pool: 192.168.7.0/27 } }',
    'mine.yaml:3:25 office.dhcp.pool "192.168.7.0" is outside the office\'s network 10.0.0.0/16',
  ],
  [
    "a pool with the router's address",
    'office: { dhcp: { pool: 10.0.0.0/27 } }',
    'mine.yaml:3:25 office.dhcp.pool "10.0.0.0" is already the address of the network',
  ],
  [
    "a person's address outside the network",
    'people: [{ name: Mia, ip: 10.9.0.1 }]\noffice: { network: 10.1.0.0/16 }',
    'mine.yaml:3:27 people[0].ip "10.9.0.1" is outside the office\'s network 10.1.0.0/16',
  ],
  [
    'an address twice in one list',
    'people: [{ name: Mia, ip: 10.0.0.9 }, { name: Kim, ip: 10.0.0.9 }]',
    'mine.yaml:3:56 people[1].ip "10.0.0.9" is already the address of Mia',
  ],
  [
    "a device at a person's address",
    'people: [{ name: Mia, ip: 10.0.0.9 }]\noffice: { devices: [{ name: camera, ip: 10.0.0.9 }] }',
    'mine.yaml:4:41 office.devices[0].ip "10.0.0.9" is already the address of Mia',
  ],
  [
    "a further site's pool",
    'sites: [{ name: berlin, office: { dhcp: { pool: 10.0.7.0/27 } } }]',
    'mine.yaml:3:49 sites[0].office.dhcp.pool "10.0.7.0" is outside the office\'s network 10.1.0.0/16',
  ],
])('%s is found before the run', (_what, lines, sentence) => {
  expect(mistakes(lines)).toEqual([sentence]);
});

test('an office that cannot be says at which site it is', async () => {
  const sites = [{ name: 'berlin', office: { network: '10.1.0.0/22', employees: 2_000 } }];
  await expect(runScenario({ scenario: { ...SMALL, sites } })).rejects.toThrow(
    "sites[0]: the office's network has no room for more than 1024 addresses",
  );
});
