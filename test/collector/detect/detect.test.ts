import { describe, expect, it } from 'vitest';
import type { Unusual } from '../../../collector/detect/unusual.ts';
import { answer } from '../../../collector/query/answers.ts';
import { ip, NINE, storeOf, type HandMadeFlow } from '../support/flows.ts';

const MAX = '10.0.0.77';
const SYN = 0x02;
const SYN_RST = 0x06;

async function unusualIn(flows: readonly HandMadeFlow[]): Promise<Unusual[]> {
  const store = await storeOf(flows);
  const { unusual } = await answer(store, {
    applications: [],
    names: new Map(),
    inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
    inventory: [{ name: 'Max', address: MAX, department: 'it' }],
    policy: { forbidden: ['bittorrent'] },
  });
  store.close();
  return unusual;
}

/** One SYN to each of so many ports, a tenth of a second apart. */
const probes = (ports: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
  Array.from({ length: ports }, (_, index) => ({
    direction: 'up',
    inside: MAX,
    insidePort: 40_000 + index,
    server: '198.18.20.5',
    serverPort: 1 + index,
    octets: 44,
    packets: 1,
    startS: index / 10,
    endS: index / 10,
    tcpControlBits: index % 2 === 0 ? SYN : SYN_RST,
    ...rest,
  }));

describe('port scan', () => {
  it('is many ports of one server with next to no packets, told with its evidence', async () => {
    expect(await unusualIn(probes(1_000))).toEqual([
      {
        kind: 'port-scan',
        who: 'Max',
        address: MAX,
        sentence: 'Max scanned 1,000 ports of 198.18.20.5',
        evidence: [
          '1,000 ports from 1 to 1000 of 198.18.20.5, at most 3 packets each',
          '09:00:00 UTC to 09:01:39 UTC, 1,000 flows, 44 kB',
          '1,000 TCP attempts with a SYN and no acknowledgement',
        ],
        firstSeenMs: NINE,
        lastSeenMs: NINE + 99_900,
      },
    ]);
  });

  it('is neither 49 ports, nor connections that do something, nor one port of many servers', async () => {
    expect(await unusualIn(probes(49))).toEqual([]);
    expect(await unusualIn(probes(500, { packets: 4 }))).toEqual([]);
    const manyServers = probes(500).map((flow, index) => ({
      ...flow,
      serverPort: 443,
      server: `198.18.${16 + (index >> 8)}.${index & 255}`,
    }));
    expect(await unusualIn(manyServers)).toEqual([]);
    expect(await unusualIn(probes(500, { direction: 'down' }))).toEqual([]);
  });
});

describe('unknown device', () => {
  const flow: HandMadeFlow = {
    direction: 'up',
    inside: '10.0.9.9',
    server: '198.18.1.1',
    serverPort: 443,
    octets: 3_000_000,
    startS: 60,
    endS: 120,
  };

  it('is an inside source in no inventory', async () => {
    expect(await unusualIn([flow, { ...flow, direction: 'down', octets: 9_000_000 }])).toEqual([
      {
        kind: 'unknown-device',
        who: '10.0.9.9',
        address: '10.0.9.9',
        sentence: '10.0.9.9 is in no inventory and used 12 MB',
        evidence: ['2 flows from 09:01:00 UTC to 09:02:00 UTC', 'mostly YouTube (12 MB)'],
        firstSeenMs: NINE + 60_000,
        lastSeenMs: NINE + 120_000,
      },
    ]);
  });

  it('is nobody who is known, and no address that never sent anything', async () => {
    expect(await unusualIn([{ ...flow, inside: MAX }])).toEqual([]);
    expect(await unusualIn([{ ...flow, direction: 'down' }])).toEqual([]);
  });
});

describe('forbidden service', () => {
  it('is told with peers and amount, once for each device', async () => {
    const flows = Array.from({ length: 20 }, (_, index): HandMadeFlow[] => {
      const base = {
        inside: MAX,
        insidePort: 30_000 + index,
        server: `198.19.0.${index + 1}`,
        serverPort: 6881,
        startS: index * 60,
        endS: index * 60 + 59,
      };
      return [{ ...base, direction: 'up', octets: 1_000_000 }, { ...base, direction: 'down', octets: 14_000_000 }]; // prettier-ignore
    }).flat();
    expect(await unusualIn(flows)).toEqual([
      {
        kind: 'forbidden-service',
        who: 'Max',
        address: MAX,
        sentence: 'Max used BitTorrent, which the policy forbids: 300 MB in 20 min',
        evidence: ['20 connections with 20 addresses', '09:00:00 UTC to 09:19:59 UTC, 20 MB up, 280 MB down'],
        firstSeenMs: NINE,
        lastSeenMs: NINE + 1_199_000,
      },
    ]);
  });
});

describe('a day at the office', () => {
  it('has nothing unusual', async () => {
    const servers = [
      ['198.18.1.3', 443, 17],
      ['198.18.3.3', 443, 6],
      ['198.18.5.2', 587, 6],
      ['198.18.5.2', 993, 6],
      ['198.18.0.53', 53, 17], // prettier-ignore
      ['198.18.9.1', 8801, 17],
      ['198.18.12.7', 443, 6],
      ['198.18.17.200', 443, 6],
      ['198.18.0.123', 123, 17], // prettier-ignore
    ] as const;
    const flows = Array.from({ length: 4_000 }, (_, index): HandMadeFlow => {
      const [server, serverPort, protocol] = servers[index % servers.length] as (typeof servers)[number];
      const isUp = index % 2 === 0;
      // Lookups and the tails of long connections are as small as probes.
      const packets = index % 5 === 0 ? 1 : 40;
      const insidePort = 20_000 + index;
      return { direction: isUp ? 'up' : 'down', inside: MAX, insidePort, server, serverPort, protocol, packets, octets: packets * 100, startS: index * 9, endS: index * 9 + 8 }; // prettier-ignore
    });
    expect(await unusualIn(flows)).toEqual([]);
  });
});
