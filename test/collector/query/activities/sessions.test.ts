import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Catalogue } from '../../../../collector/query/catalogue.ts';
import { SESSION_GAP_MS } from '../../../../collector/query/activities/sessions-query.ts';
import { findSessions, type Session } from '../../../../collector/query/activities/sessions.ts';
import { SeenFlows, type PeopleContext } from '../../../../collector/query/people/seen-flows.ts';
import type { Derived } from '../../../../collector/query/language/derived.ts';
import { type HandMadeFlow, ip, NINE, storeOf } from '../../support/flows.ts';
import { askAsFlowsCome } from '../../support/ready-views.ts';

const CONTEXT: PeopleContext = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [{ name: 'John', address: '10.0.0.11', department: '' }],
  applications: [],
  names: new Map(),
};
const catalogue = new Catalogue(new Map(), new Map());
const TRANSFERS = new Set(['web', 'downloads', 'cloud', 'other', 'remote work']);

const anyFlow: fc.Arbitrary<HandMadeFlow> = fc
  .record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    inside: fc.constantFrom('10.0.0.11', '10.0.0.12', '10.0.0.13'),
    insidePort: fc.constantFrom(50_000, 50_002, 50_004),
    server: fc.constantFrom('198.18.1.7', '198.18.6.9', '198.18.20.4', '198.18.0.53'),
    serverPort: fc.constantFrom(443, 53),
    octets: fc.oneof(fc.integer({ min: 40, max: 100_000 }), fc.integer({ min: 400_000, max: 9_000_000 })),
    packets: fc.integer({ min: 1, max: 900 }),
    startS: fc.integer({ min: 0, max: 50 }).map((minutes) => minutes * 60),
    lastsS: fc.constantFrom(0, 1, 59, 60, 299, 300, 301, 900),
  })
  .map(({ lastsS, ...flow }) => ({ ...flow, endS: flow.startS + lastsS }));

type Known = Pick<
  Session,
  'role' | 'startMs' | 'endMs' | 'upOctets' | 'downOctets' | 'upPackets' | 'downPackets' | 'flows' | 'connections'
>;

/** In the order of their beginnings, parted at each long pause. */
function parted(flows: readonly HandMadeFlow[]): HandMadeFlow[][] {
  const parts: HandMadeFlow[][] = [];
  let endedS = -Infinity;
  for (const flow of flows.toSorted((one, other) => one.startS - other.startS)) {
    if ((flow.startS - endedS) * 1_000 >= SESSION_GAP_MS) parts.push([]);
    parts.at(-1)?.push(flow);
    endedS = Math.max(endedS, flow.endS);
  }
  return parts;
}

function grouped(flows: readonly HandMadeFlow[], keyOf: (flow: HandMadeFlow) => readonly string[]): [string[], HandMadeFlow[]][] {
  const groups = new Map<string, HandMadeFlow[]>();
  for (const flow of flows) groups.set(JSON.stringify(keyOf(flow)), [...(groups.get(JSON.stringify(keyOf(flow))) ?? []), flow]);
  return [...groups].map(([key, own]) => [JSON.parse(key) as string[], own]);
}

/** Session by session, from the definition. */
function naive(flows: readonly HandMadeFlow[]): (Known & { who: string; application: string; steadiness: number })[] {
  const sum = (all: readonly HandMadeFlow[], way: string, of: 'octets' | 'packets'): number =>
    all.reduce((total, flow) => total + (flow.direction === way ? (flow[of] ?? 0) : 0), 0);
  const tuple = ({ inside, insidePort, server, serverPort }: HandMadeFlow): string =>
    `${inside} ${insidePort} ${server} ${serverPort}`;
  const applicationOf = ({ server, serverPort }: HandMadeFlow) =>
    catalogue.classify({ applicationId: 0, serverAddress: ip(server), protocol: 6, serverPort }).application;
  const told = flows.filter((flow) => applicationOf(flow).category !== 'infrastructure');
  const holder = (flow: HandMadeFlow): string[] => [flow.inside === '10.0.0.11' ? 'John' : flow.inside, applicationOf(flow).name];
  const roleIn = (stretch: readonly HandMadeFlow[], flow: HandMadeFlow): Session['role'] => {
    const own = stretch.filter((other) => tuple(other) === tuple(flow));
    const [up, down] = [sum(own, 'up', 'octets'), sum(own, 'down', 'octets')];
    const isFile = (one: number, other: number): boolean =>
      TRANSFERS.has(applicationOf(flow).category) && one >= 5e6 && one >= 8 * other;
    return isFile(up, down) ? 'upload' : isFile(down, up) ? 'download' : 'other';
  };
  const byRole = grouped(told, holder).flatMap(([, all]) =>
    parted(all).flatMap((stretch) => grouped(stretch, (flow) => [...holder(flow), roleIn(stretch, flow)])),
  );
  return byRole.flatMap(([[who, application, role], own]) => {
    const sessions = parted(own);
    return sessions.map((all) => {
      const [firstS, lastS] = [Math.min(...all.map(({ startS }) => startS)), Math.max(...all.map(({ endS }) => endS))];
      // Minutes are added up first: what lies between two flows that begin in the same one counts as busy.
      const minutes = [...new Set(all.map(({ startS }) => Math.floor(startS / 60)))].map((minute) => {
        const inside = all.filter(({ startS }) => Math.floor(startS / 60) === minute);
        return [Math.min(...inside.map(({ startS }) => startS)), Math.max(...inside.map(({ endS }) => endS))] as const;
      });
      let busy = 0;
      for (let second = firstS; second < lastS; second++) if (minutes.some(([from, to]) => second >= from && second < to)) busy++;
      return {
        who: who as string,
        application: application as string,
        role: role as Session['role'],
        startMs: NINE + firstS * 1_000,
        endMs: NINE + lastS * 1_000,
        upOctets: sum(all, 'up', 'octets'),
        downOctets: sum(all, 'down', 'octets'),
        upPackets: sum(all, 'up', 'packets'),
        downPackets: sum(all, 'down', 'packets'),
        flows: all.length,
        connections: new Set(all.map(tuple)).size,
        steadiness: lastS === firstS ? 0 : busy / (lastS - firstS),
      };
    });
  });
}

/** As can be compared, in any order. */
function comparable(sessions: readonly Session[]): string[] {
  const rounded = (one: { steadiness: number }) => ({ ...one, steadiness: Math.round(one.steadiness * 1e6) });
  return sessions.map((session) => JSON.stringify(Object.entries(rounded(session)).sort())).sort();
}

it('are what joining flow by flow comes to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFlow, { minLength: 1, maxLength: 30 }), async (flows) => {
      const store = await storeOf(flows);
      try {
        const { sessions, count } = await findSessions(store, await SeenFlows.of(store, CONTEXT, { basis: 'flow' }));
        expect(count).toBe(sessions.length);
        const compared = sessions.map(
          ({ holder, application, reason: _reason, servers, udpOctets: _udp, firstFlow: _first, ...rest }) => {
            expect(servers.reduce((sum, { octets }) => sum + octets, 0)).toBe(rest.upOctets + rest.downOctets);
            return { ...rest, who: holder.id, application: application.name };
          },
        );
        const wanted = naive(flows);
        expect(comparable(compared as never)).toEqual(comparable(wanted as never));
      } finally {
        store.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('are the same where those of flows that stay as they are were kept, whatever comes', async () => {
  const chunk = 8;
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFlow, { minLength: chunk, maxLength: 2 * chunk }),
      fc.array(fc.array(anyFlow, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
      fc.constantFrom('flow', 'receive'),
      fc.constantFrom(2, 1_000),
      fc.constantFrom('John', '10.0.0.12', undefined),
      async (first, later, basis, most, who) => {
        const hear = (sql: string): void => void (found += Number(sql.includes('ANTI JOIN touched')));
        await askAsFlowsCome({ first, later, inside: CONTEXT.inside, chunk, hear }, async ({ store, heard, ready }) => {
          const ask = async (context: PeopleContext) => {
            const seen = await SeenFlows.of(store, context, { basis });
            const only = who === undefined ? undefined : (seen.isOf(who) as Derived);
            const { sessions, count } = await findSessions(heard, seen, { only, most });
            return {
              count,
              sessions: comparable(sessions.map((session) => ({ ...session, application: session.application.name })) as never),
            };
          };
          expect(await ask({ ...CONTEXT, ready })).toEqual(await ask(CONTEXT));
        });
      },
    ),
    { numRuns: 30 },
  );
  expect(found).toBeGreaterThan(60);
}, 120_000);
