import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Catalogue } from '../../../../collector/query/catalogue.ts';
import { findSessions, SESSION_GAP_MS, type Session } from '../../../../collector/query/activities/sessions.ts';
import { SeenFlows, type PeopleContext } from '../../../../collector/query/people/seen-flows.ts';
import { type HandMadeFlow, ip, NINE, storeOf } from '../../support/flows.ts';

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
    inside: fc.constantFrom('10.0.0.11', '10.0.0.12'),
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

/** Session by session, from the definition: flows in the order of their beginnings, another session after each long pause. */
function naive(flows: readonly HandMadeFlow[]): (Known & { who: string; application: string; steadiness: number })[] {
  const sum = (all: readonly HandMadeFlow[], way: string, of: 'octets' | 'packets'): number =>
    all.reduce((total, flow) => total + (flow.direction === way ? (flow[of] ?? 0) : 0), 0);
  const tuple = ({ inside, insidePort, server, serverPort }: HandMadeFlow): string =>
    `${inside} ${insidePort} ${server} ${serverPort}`;
  const groups = new Map<string, HandMadeFlow[]>();
  for (const flow of flows) {
    const { name, category } = catalogue.classify({ applicationId: 0, serverAddress: ip(flow.server), protocol: 6, serverPort: flow.serverPort }).application; // prettier-ignore
    if (category === 'infrastructure') continue;
    const own = flows.filter((other) => tuple(other) === tuple(flow));
    const [up, down] = [sum(own, 'up', 'octets'), sum(own, 'down', 'octets')];
    const isFile = (one: number, other: number): boolean => TRANSFERS.has(category) && one >= 5e6 && one >= 8 * other;
    const role = isFile(up, down) ? 'upload' : isFile(down, up) ? 'download' : 'other';
    const key = JSON.stringify([flow.inside === '10.0.0.11' ? 'John' : flow.inside, name, role]);
    groups.set(key, [...(groups.get(key) ?? []), flow]);
  }
  return [...groups].flatMap(([key, own]) => {
    const [who, application, role] = JSON.parse(key) as [string, string, Session['role']];
    const sessions: HandMadeFlow[][] = [];
    let endedS = -Infinity;
    for (const flow of own.toSorted((one, other) => one.startS - other.startS)) {
      if ((flow.startS - endedS) * 1_000 >= SESSION_GAP_MS) sessions.push([]);
      sessions.at(-1)?.push(flow);
      endedS = Math.max(endedS, flow.endS);
    }
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
        who,
        application,
        role,
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

it('are what joining flow by flow comes to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFlow, { minLength: 1, maxLength: 30 }), async (flows) => {
      const store = await storeOf(flows);
      try {
        const found = await findSessions(store, await SeenFlows.of(store, CONTEXT, { basis: 'flow' }));
        const compared = found.map(
          ({ holder, application, reason: _reason, servers, udpOctets: _udp, firstFlow: _first, ...rest }) => {
            expect(servers.reduce((sum, { octets }) => sum + octets, 0)).toBe(rest.upOctets + rest.downOctets);
            return { ...rest, who: holder.id, application: application.name, steadiness: Math.round(rest.steadiness * 1e6) };
          },
        );
        const wanted = naive(flows).map(({ steadiness, ...rest }) => ({ ...rest, steadiness: Math.round(steadiness * 1e6) }));
        const inOrder = <T extends object>(all: T[]): string[] =>
          all.map((one) => JSON.stringify(Object.entries(one).sort())).sort();
        expect(inOrder(compared)).toEqual(inOrder(wanted));
      } finally {
        store.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
