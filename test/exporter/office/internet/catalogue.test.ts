import { describe, expect, test } from 'vitest';
import { formatIPv4, parseIPv4, prefixHas } from '../../../../core/net/address.ts';
import { PROTOCOL_UDP, type Connection } from '../../../../core/net/packet-train.ts';
import { Random } from '../../../../core/random/random.ts';
import { NS_PER_MS } from '../../../../core/time/instant.ts';
import { APPLICATIONS, Catalogue } from '../../../../collector/query/catalogue.ts';
import { activitySentence } from '../../../../collector/query/sentences.ts';
import { APPLICATION_NAMES, Classifier } from '../../../../exporter/classification/classifier.ts';
import { serviceAt, SERVICES } from '../../../../exporter/office/internet/catalogue.ts';
import { WEB } from '../../../../exporter/office/internet/free-services.ts';
import { atPort, type Server } from '../../../../exporter/office/internet/server.ts';
import { tcp, service as define } from '../../../../exporter/office/internet/service.ts';
import { inventWeb } from '../../../../exporter/office/internet/web-sites.ts';
import { TEAMS, TELEPHONY, ZOOM } from '../../../../exporter/office/internet/work-services.ts';
import { categoryOf } from '../../../../lab/verify/services.ts';

/** Every server of the catalogue by the application it belongs to, those included that calls go to by other ports. */
const servers: [string, Server][] = SERVICES.flatMap(({ application, pools }) =>
  Object.values(pools).flatMap((pool) => pool.map((server): [string, Server] => [application, server])),
);
servers.push(
  ['teams', atPort(TEAMS.pools.relay[0], PROTOCOL_UDP, 3_481)],
  ['zoom', atPort(ZOOM.pools.relay[0], PROTOCOL_UDP, 8_802)],
  ['voip', atPort(TELEPHONY.pools.media[0], PROTOCOL_UDP, 32_383)],
);
const { sites, thirdParties } = inventWeb(new Random(1));
for (const { page, assets } of sites) servers.push(['web', page], ['web', assets]);
for (const server of thirdParties) servers.push(['web', server]);

const connectionTo = ({ address, port, protocol, name }: Server): Connection => ({
  id: 0,
  device: 0,
  activity: -1,
  protocol,
  insideAddress: 0x0a00010a,
  insidePort: 50_000,
  serverAddress: address,
  serverPort: port,
  serverName: name,
  dnsAnswer: 0,
  calledAddress: 0,
  calledPort: 0,
});

describe('the catalogue of the internet', () => {
  test('lies in the range for benchmarks (RFC 2544) and in AS numbers for documentation (RFC 5398)', () => {
    const range = { address: parseIPv4('198.18.0.0') ?? 0, length: 15 };
    for (const { prefix, asNumber } of SERVICES) {
      expect(prefixHas(range, prefix.address)).toBe(true);
      expect((asNumber >= 64_496 && asNumber <= 64_511) || (asNumber >= 65_536 && asNumber <= 65_551)).toBe(true);
    }
  });

  test('gives every name an address of its own, inside the prefix of its service', () => {
    const addresses = new Map<string, number>();
    for (const [application, { address, name, port }] of servers) {
      expect(serviceAt(address, port)?.application, `${formatIPv4(address)}:${port}`).toBe(application);
      if (name === '') continue;
      expect(addresses.get(name) ?? address).toBe(address);
      addresses.set(name, address);
    }
    expect(new Set(addresses.values()).size).toBe(addresses.size);
    expect(servers.every(([application, { address }]) => application !== 'web' || prefixHas(WEB.prefix, address))).toBe(true);
  });

  test('gives no server the address of its network or the broadcast', () => {
    for (const { prefix, pools } of SERVICES) {
      const addresses = Object.values(pools).flatMap((pool) => pool.map(({ address }) => address));
      expect(addresses).not.toContain(prefix.address);
      expect(addresses).not.toContain(prefix.address + 2 ** (32 - prefix.length) - 1);
    }
  });

  test('has servers 8 to 40 ms away', () => {
    for (const [, { roundTripNs }] of servers) {
      expect(roundTripNs).toBeGreaterThanOrEqual(8 * NS_PER_MS);
      expect(roundTripNs).toBeLessThanOrEqual(40 * NS_PER_MS);
    }
  });

  test('refuses a prefix that is none, a pool without servers and one that does not fit', () => {
    const facts = { label: 'X', asNumber: 64_496, roundTripMs: [1, 2], prefix: '198.18.99.0/30' } as const;
    const defining = (prefix: string, names: string[]) => () =>
      define('x', { ...facts, prefix, pools: { web: tcp(443, 1, names) } });
    expect(defining('198.18.99.0/30', ['a', 'b'])).not.toThrow();
    expect(defining('198.18.99.0/30', ['a', 'b', 'c'])).toThrow(new RangeError('X has more servers than addresses'));
    expect(defining('198.18.99.0/30', [])).toThrow(new RangeError('X has a pool without servers'));
    expect(defining('198.18', ['a'])).toThrow(new RangeError('X: "198.18" is not a prefix'));
  });
});

describe('every service is recognised for what it is', () => {
  const classifier = new Classifier();
  const nameOf = new Map(APPLICATION_NAMES.map(({ id, name }) => [id, name]));

  test('by the router', () => {
    for (const [application, server] of servers) {
      const id = classifier.classify(connectionTo(server));
      expect(nameOf.get(id), `${server.name} ${formatIPv4(server.address)}:${server.port}`).toBe(application);
    }
  });

  test('by the collector: from the exported id, else from the DNS name, else from prefix and port', () => {
    const named = new Map(servers.map(([, { address, name }]) => [address, name]));
    for (const [application, { address: serverAddress, port: serverPort, protocol }] of servers) {
      const where = `${application} at ${formatIPv4(serverAddress)}:${serverPort}`;
      const clue = { applicationId: 0, serverAddress, serverPort, protocol };
      const id = [...nameOf].find(([, name]) => name === application)?.[0] ?? 0;
      const byId = new Catalogue(nameOf, new Map()).classify({ ...clue, applicationId: id });
      expect([byId.application.name, byId.reason], where).toEqual([application, 'exported']);
      expect(new Catalogue(new Map(), named).classify(clue).application.name, where).toBe(application);
      expect(new Catalogue(new Map(), new Map()).classify(clue).application.name, where).toBe(application);
    }
  });

  test('and the judge, who has a list of his own, puts it into the same category', () => {
    const catalogue = new Catalogue(new Map(), new Map());
    for (const [application, { address, port, protocol }] of servers) {
      expect(categoryOf(address, port, protocol), application).toBe(catalogue.byName(application).category);
    }
  });

  test('and has a sentence that says more than that it was used', () => {
    const figures = { inside: 1, upOctets: 1, downOctets: 2, octets: 3, flows: 1, sessions: 1, durationS: 60 };
    for (const application of APPLICATIONS) {
      const usage = { ...figures, application, connections: 1, servers: 1, firstMs: 0, lastMs: 0 };
      expect(activitySentence(usage)).not.toMatch(/^used/);
    }
  });
});

test('identifiers of applications never change: new ones come at the end', () => {
  const first = ['youtube', 'netflix', 'spotify', 'smtp-submission', 'imap', 'dropbox', 'software-download', 'onedrive', 'zoom'];
  expect(APPLICATION_NAMES.slice(0, 9).map(({ name }) => name)).toEqual(first);
  expect(APPLICATION_NAMES[16]).toEqual({ id: 0x06000011, name: 'google-search' });
});
