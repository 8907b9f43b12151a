import fc from 'fast-check';
import { expect, it } from 'vitest';
import { natView, type NatView } from '../../../../collector/api/view/nat-view.ts';
import { viewRequestOf, type ViewContext } from '../../../../collector/api/view/view-request.ts';
import { type HandMadeFlow, NINE } from '../../support/flows.ts';
import { askAsFlowsCome, PLAIN } from '../../support/ready-views.ts';

const CHUNK = 8;
const HOUR_S = 3_600;

/** Few mappings and few servers, so that they go on, end and begin again, over some hours. */
const anyFlow: fc.Arbitrary<HandMadeFlow> = fc
  .record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    inside: fc.constant('10.0.0.11'),
    insidePort: fc.constantFrom(50_000, 50_002),
    server: fc.constantFrom('198.18.1.7', '198.18.20.4'),
    serverPort: fc.constant(443),
    octets: fc.integer({ min: 1, max: 1_000_000 }),
    protocol: fc.constantFrom(6, 17),
    tcpControlBits: fc.constantFrom(0x18, 0x18, 0x11),
    startS: fc.integer({ min: 0, max: 60 }).map((steps) => steps * 120),
    lastsS: fc.oneof(fc.constantFrom(0, 60, 119, 120, 121), fc.integer({ min: 0, max: 3 * HOUR_S })),
  })
  .map(({ lastsS, ...flow }) => ({ ...flow, endS: flow.startS + lastsS }));

const anyTimeouts = fc.record({
  udpIdleS: fc.constantFrom(120, 300),
  tcpIdleS: fc.constantFrom(300, 7_440),
  tcpClosedIdleS: fc.constantFrom(60, 240, 3_600),
  otherIdleS: fc.constant(60),
});

it('live as the table has it, where what flows come to that stay as they are is kept, whatever comes and however late', async () => {
  let again = 0;
  let living = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFlow, { minLength: CHUNK, maxLength: 2 * CHUNK }),
      fc.array(fc.array(anyFlow, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 4 }),
      fc.record({
        basis: fc.constantFrom('flow', 'flow', 'receive'),
        to: fc.constantFrom('', '', String(NINE + 1.5 * HOUR_S * 1_000)),
        nowS: fc.constantFrom(HOUR_S, 2 * HOUR_S, 3 * HOUR_S),
        timeouts: anyTimeouts,
      }),
      async (first, later, { nowS, timeouts, ...asked }) => {
        const hear = (sql: string): void => void (again += Number(sql.includes('ANTI JOIN (SELECT DISTINCT')));
        const request = viewRequestOf(new Map(Object.entries(asked)), NINE);
        await askAsFlowsCome({ first, later, inside: PLAIN.inside, chunk: CHUNK, hear }, async ({ heard, ready, step }) => {
          // The present goes on.
          const nowMs = NINE + (nowS + 600 * step) * 1_000;
          const ask = (context: ViewContext): Promise<NatView> => natView(heard, context, { ...request, nowMs, timeouts });
          const found = await ask({ ...PLAIN, ready });
          living += found.mappings.length;
          expect(found).toEqual(await ask(PLAIN));
        });
      },
    ),
    { numRuns: 25 },
  );
  expect(again).toBeGreaterThan(25);
  expect(living).toBeGreaterThan(60);
}, 300_000);
