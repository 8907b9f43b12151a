import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../collector/detect/alert.ts';
import { detectSchema } from '../../../collector/detect/config.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { batchOf, ip, NINE, type HandMadeFlow } from '../support/flows.ts';

const MAX = '10.0.0.77';
const FAR = '198.18.90.5';
const BUSY = 0x1b;
const KEPT_OPEN = 0x18;

const newDetection = (names: ReadonlyMap<number, string> = new Map()): Detection =>
  new Detection(
    {
      inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
      inventory: [],
      policy: { forbidden: [] },
    },
    { applications: [], names },
    detectSchema.parse({}),
  );

function alertsOf(flows: readonly HandMadeFlow[], names?: ReadonlyMap<number, string>): Alert[] {
  const detection = newDetection(names);
  detection.handle(batchOf(flows));
  detection.settle();
  return detection.alerts;
}

const kindsOf = (flows: readonly HandMadeFlow[], names?: ReadonlyMap<number, string>): string[] =>
  alertsOf(flows, names).map(({ kind }) => kind);

const many = (count: number, flowOf: (index: number) => Partial<HandMadeFlow>): HandMadeFlow[] =>
  Array.from({ length: count }, (_, index) => {
    const flow: HandMadeFlow = {
      direction: 'up',
      inside: MAX,
      insidePort: 30_000 + index,
      server: FAR,
      serverPort: 443,
      octets: 1_400,
      packets: 9,
      startS: 60 * index,
      endS: 0,
      tcpControlBits: BUSY,
      ...flowOf(index),
    };
    return { ...flow, endS: Math.max(flow.startS, flow.endS) };
  });

describe('a beacon', () => {
  test('is twenty minutes of a strict rhythm and not nineteen', () => {
    expect(kindsOf(many(20, () => ({})))).toEqual([]);
    const [alert, ...others] = alertsOf(many(21, () => ({})));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind: 'beacon', address: MAX, target: FAR, firstSeenMs: NINE, raisedAtMs: NINE + 20 * 60_000 });
    expect(alert?.evidence[0]).toBe('21 connections to port 443, each 1 min, half of them within 1 s of that');
  });

  test('may be slow: of a strict rhythm nine are enough, of one with jitter it takes more', () => {
    const each = (count: number, jitterS: number): string[] =>
      kindsOf(many(count, (index) => ({ startS: 2_400 * index + jitterS * (((index * 7) % 11) / 5 - 1) })));
    expect([8, 9].map((count) => each(count, 10))).toEqual([[], ['beacon']]);
    expect([9, 24].map((count) => each(count, 1_000))).toEqual([[], ['beacon']]);
  });

  test('may call from the same port each time', () => {
    expect(kindsOf(many(30, () => ({ insidePort: 30_000 })))).toEqual(['beacon']);
    expect(kindsOf(many(30, () => ({ insidePort: 30_000, protocol: 17, tcpControlBits: 0 })))).toEqual(['beacon']);
  });

  test('of a sampled export is a few little packets over an hour, unless others of the network are asked as well', () => {
    const seen = (servers: number, octets: number): string[] =>
      kindsOf(
        many(4 * servers, (index) => ({
          server: `198.18.90.${index % servers}`,
          startS: 1_000 * Math.floor(index / servers) + (index % servers),
          packets: 1,
          octets,
          tcpControlBits: 0x10,
          samplingInterval: 100,
        })),
      );
    expect(seen(1, 120)).toEqual(['beacon']);
    expect(seen(1, 1_500)).toEqual([]);
    expect(seen(4, 120)).toEqual([]);
  });

  test('keeps its rhythm with jitter, and has none where gaps or sizes differ as people make them', () => {
    const jittered = many(40, (index) => ({ startS: 60 * index + (18 * ((index * 7) % 11)) / 10 }));
    expect(kindsOf(jittered)).toEqual(['beacon']);
    expect(kindsOf(many(40, (index) => ({ startS: index ** 3 / 10 })))).toEqual([]);
    expect(kindsOf(many(40, (index) => ({ octets: 1_000 + 400 * (index % 9) })))).toEqual([]);
  });

  test('is not told by what begins at once, be it in twos or in threes', () => {
    const visits = (together: number, startS: (visit: number) => number): HandMadeFlow[] =>
      many(60, (index) => ({ startS: startS(Math.floor(index / together)) }));
    for (const together of [2, 3]) {
      expect(kindsOf(visits(together, (visit) => visit ** 3 / 2))).toEqual([]);
      expect(kindsOf(visits(together, (visit) => 90 * visit))).toEqual(['beacon']);
    }
  });

  test('is no connection that is only kept open, no service that many use, no time server', () => {
    expect(kindsOf(many(200, () => ({ insidePort: 30_000, tcpControlBits: KEPT_OPEN })))).toEqual([]);
    const others = many(3, (index) => ({ inside: `10.0.0.${index + 1}`, startS: 0 }));
    expect(kindsOf([...others.slice(1), ...many(40, () => ({}))])).toEqual(['beacon']);
    expect(kindsOf([...others, ...many(40, () => ({}))])).toEqual([]);
    expect(kindsOf(many(40, () => ({ protocol: 17, serverPort: 123, octets: 76, packets: 1 })))).toEqual([]);
  });

  test('is no round in which three servers are asked', () => {
    const round = (servers: number): HandMadeFlow[] =>
      many(40 * servers, (index) => ({
        server: `198.18.90.${index % servers}`,
        startS: 60 * Math.floor(index / servers) + (index % servers),
      }));
    expect(kindsOf(round(3))).toEqual([]);
    expect(kindsOf(round(2))).toEqual(['beacon', 'beacon']);
    const ports = (count: number): HandMadeFlow[] =>
      round(count).map((flow) => ({ ...flow, server: '198.18.90.1', serverPort: 8_000 + (Number(flow.server.at(-1)) % count) }));
    expect(kindsOf(ports(3))).toEqual([]);
    const apart = (count: number): HandMadeFlow[] =>
      round(count).map((flow) => ({ ...flow, server: `198.18.9${flow.server.at(-1)}.7` }));
    expect(kindsOf(apart(3))).toEqual([]);
  });
});

describe('a DNS tunnel', () => {
  const question = (letters: number, rest: Partial<HandMadeFlow> = {}): Partial<HandMadeFlow> => ({
    protocol: 17,
    server: '198.18.0.53',
    serverPort: 53,
    packets: 1,
    octets: 57 + letters,
    tcpControlBits: 0,
    ...rest,
  });

  test('is a hundred long names to which nothing connects', () => {
    const asked = (count: number, letters: number): string[] =>
      kindsOf(many(count, (index) => question(letters, { startS: index / 100 })));
    expect(asked(99, 160)).toEqual([]);
    expect(asked(101, 160)).toEqual(['dns-tunnel']);
    expect(asked(1_000, 52)).toEqual([]);
    expect(asked(1_000, 53)).toEqual(['dns-tunnel']);
  });

  test('has names of some length, though a record told no packets', () => {
    const asked = many(102, (index) => question(60, { startS: index / 100, packets: index === 50 ? 0 : 1 }));
    const [alert] = alertsOf(asked);
    expect(alert?.kind).toBe('dns-tunnel');
    expect(alert?.evidence[0]).toContain('names of about 60 letters');
  });

  test('is no content network, whose long names are connected to', () => {
    const browsing = many(2_000, (index) =>
      index % 2 === 0
        ? question(77, { startS: index })
        : { startS: index, server: `198.18.26.${index % 120}`, octets: 500 * (index % 97) },
    );
    expect(kindsOf(browsing)).toEqual([]);
  });

  test('is not what is asked for once a minute', () => {
    expect(kindsOf(many(500, (index) => question(100, { startS: 60 * index })))).toEqual([]);
    expect(kindsOf(many(500, (index) => question(100, { startS: 30 * index })))).toEqual(['dns-tunnel']);
  });
});

describe('an exfiltration', () => {
  const named = new Map(Array.from({ length: 25 }, (_, index) => [ip(`198.18.20.${index}`), `www${index}.example`]));
  const visits = many(25, (index) => ({ server: `198.18.20.${index}`, startS: index ** 2 }));
  const upload = (megabytes: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(4, (index) => ({
      insidePort: 41_000,
      octets: (megabytes / 4) * 1e6,
      packets: 20_000,
      startS: 700 + 60 * index,
      ...rest,
    }));

  test('is 25 MB to a server without a name where others have one', () => {
    expect(kindsOf([...visits, ...upload(24.9)], named)).toEqual([]);
    expect(kindsOf([...visits, ...upload(25.1)], named)).toEqual(['exfiltration']);
    expect(kindsOf([...visits, ...upload(25.1)], new Map([...named, [ip(FAR), 'upload.example']]))).toEqual([]);
    expect(kindsOf([...visits, ...upload(2_500, { server: '198.18.35.10' })], named)).toEqual([]);
  });

  test('may be over before it is known that servers have names, or when the office is at work', () => {
    const early = upload(100).map((flow) => ({ ...flow, startS: flow.startS - 700, endS: flow.endS - 700 }));
    const later = visits.map((flow) => ({ ...flow, startS: flow.startS + 7_200, endS: flow.endS + 7_200 }));
    const [alert, ...others] = alertsOf([...early, ...later], named);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind: 'exfiltration', lastSeenMs: NINE + 180_000 });
    expect(alert?.raisedAtMs).toBeGreaterThan(NINE + 7_200_000);
    expect(kindsOf([...early, ...later], new Map([...named, [ip(FAR), 'upload.example']]))).toEqual([]);
    const day = many(40, (index) => ({
      inside: `10.0.0.${index + 1}`,
      server: `198.18.21.${index}`,
      startS: 10_000 + 500 * index,
    }));
    const whole = many(40, (index) => ({ inside: `10.0.0.${index + 1}`, server: `198.18.21.${index}`, startS: 14_400 }));
    expect(kindsOf([...early, ...day])).toEqual([]);
    expect(kindsOf([...early, ...whole, ...day.map((flow) => ({ ...flow, startS: 20_000, endS: 20_000 }))])).toEqual([
      'exfiltration',
    ]);
  });

  test('is ten times as much up as down, and no answer to who asks a service of the office', () => {
    const answered = (megabytes: number): HandMadeFlow[] => [
      ...visits,
      ...many(1, () => ({ direction: 'down', insidePort: 41_000, octets: megabytes * 1e6, startS: 700 })),
      ...upload(100),
    ];
    expect(kindsOf(answered(10), named)).toEqual(['exfiltration']);
    expect(kindsOf(answered(10.1), named)).toEqual([]);
    expect(kindsOf([...visits, ...upload(100, { insidePort: 443, serverPort: 51_000 })], named)).toEqual([]);
  });

  test('without names is what goes out while the office rests', () => {
    const day = many(40, (index) => ({ inside: `10.0.0.${index + 1}`, server: `198.18.21.${index}`, startS: 5 * index }));
    const one = (startS: number): HandMadeFlow[] => upload(100, {}).map((flow) => ({ ...flow, startS, endS: startS }));
    expect(kindsOf([...day, ...one(2_000)])).toEqual([]);
    expect(kindsOf([...day, ...one(14 * 3_600)])).toEqual(['exfiltration']);
  });
});

describe('a miner', () => {
  const thin = (minutes: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(2 * minutes + 2, (index) => ({
      direction: index % 2 === 0 ? 'up' : 'down',
      insidePort: 41_000,
      serverPort: 14_444,
      octets: 700,
      packets: 4,
      startS: 30 * index,
      tcpControlBits: index < 2 ? 0x1a : KEPT_OPEN,
      ...rest,
    }));

  test('is a thin connection to the port of a pool for half an hour', () => {
    expect(kindsOf(thin(29))).toEqual([]);
    expect(kindsOf(thin(31))).toEqual(['mining']);
    expect(kindsOf(thin(60, { octets: 70_000, packets: 90 }))).toEqual([]);
    expect(kindsOf(thin(60, { octets: 60, packets: 1 }))).toEqual([]);
    expect(kindsOf(thin(600, { serverPort: 5_228 }))).toEqual([]);
  });

  test('is four hours to a port of no known application', () => {
    expect(kindsOf(thin(230, { serverPort: 23_456 }))).toEqual([]);
    expect(kindsOf(thin(250, { serverPort: 23_456 }))).toEqual(['mining']);
  });
});

describe('an unusual volume', () => {
  const DAY_S = 86_400;
  const days = (gigabytes: readonly number[]): HandMadeFlow[] =>
    gigabytes.flatMap((octets, day) => many(1, () => ({ direction: 'down', server: '198.18.6.10', octets: octets * 1e9, packets: 1e6, startS: day * DAY_S }))); // prettier-ignore

  test('is four times the largest day of its own, told when the day is over', () => {
    expect(kindsOf(days([2, 1, 2, 7.9, 1, 1]))).toEqual([]);
    expect(kindsOf(days([2, 1, 2, 8.1, 1, 1]))).toEqual(['unusual-volume']);
    expect(kindsOf(days([2, 1, 2, 8.1]))).toEqual([]);
    expect(kindsOf(days([0.2, 0.1, 0.2, 4.9, 1, 1]))).toEqual([]);
  });

  test('is a gigabyte sent, and four times as much as ever, to whatever service', () => {
    const cloud = (gigabytes: readonly number[]): HandMadeFlow[] =>
      days(gigabytes).map((flow) => ({ ...flow, direction: 'up', server: '198.18.8.10' }));
    expect(kindsOf(cloud([0.2, 0.1, 0.2, 1.1, 0.1]))).toEqual(['unusual-volume']);
    expect(kindsOf(cloud([0.2, 0.1, 0.2, 0.9, 0.1]))).toEqual([]);
    expect(kindsOf(cloud([0.3, 0.1, 0.2, 1.1, 0.1]))).toEqual([]);
    expect(kindsOf(cloud([0.2, 0.1, 1.1, 0.1]))).toEqual([]);
    const [alert] = alertsOf(cloud([0.2, 0.1, 0.2, 1.1, 0.1]));
    expect(alert?.sentence).toBe('10.0.0.77 sent 1.1 GB in a day, far more than usual');
  });

  test('is told though a router once told a time far ahead', () => {
    const ahead = batchOf(many(1, () => ({ startS: 40 * 365 * DAY_S })));
    ahead.receivedAtUs[0] = NINE * 1_000;
    const detection = newDetection();
    for (const batch of [ahead, batchOf(days([2, 1, 2, 8.1, 1, 1]))]) detection.handle(batch);
    expect(detection.alerts.map(({ kind }) => kind)).toEqual(['unusual-volume']);
  });

  test('of very many devices is found in a moment', () => {
    const detection = newDetection();
    const devices = many(16_000, (index) => ({ inside: `10.0.${index >> 8}.${index & 255}`, octets: 1_000 + ((index * 7_919) % 10_007), startS: 1 })); // prettier-ignore
    detection.handle(batchOf(devices));
    const begunAt = performance.now();
    detection.handle(batchOf(many(1, () => ({ startS: 2 * DAY_S }))));
    // A sort for each device takes a minute.
    expect(performance.now() - begunAt).toBeLessThan(5_000);
  });

  test('is twenty times what colleagues use where there is no history', () => {
    const colleagues = many(10, (index) => ({ inside: `10.0.1.${index}`, server: '198.18.6.10', direction: 'down', octets: 5e8, packets: 5e5, startS: index })); // prettier-ignore
    const own = (octets: number): HandMadeFlow[] => many(1, () => ({ direction: 'down', server: '198.18.6.10', octets, packets: 1e6, startS: 50 })); // prettier-ignore
    const after = many(1, () => ({ server: '198.18.6.10', startS: 2 * DAY_S }));
    expect(kindsOf([...colleagues, ...own(9.9e9), ...after])).toEqual([]);
    expect(kindsOf([...colleagues, ...own(10.1e9), ...after])).toEqual(['unusual-volume']);
  });
});

test('in whatever batches rows come, the same is told', () => {
  const flows = [
    ...many(60, () => ({})),
    ...many(300, (index) => ({
      inside: '10.0.0.5',
      protocol: 17,
      server: '198.18.0.53',
      serverPort: 53,
      packets: 1,
      octets: 217,
      startS: index,
    })),
    ...many(80, (index) => ({ inside: '10.0.0.6', server: '198.18.91.1', direction: index % 2 === 0 ? 'up' : 'down', insidePort: 41_000, serverPort: 3_333, octets: 700, packets: 4, startS: 30 * index, tcpControlBits: KEPT_OPEN })), // prettier-ignore
  ].sort((one, other) => one.endS - other.endS);
  const whole = alertsOf(flows);
  expect(whole.map(({ kind }) => kind).sort()).toEqual(['beacon', 'dns-tunnel', 'mining']);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }), (lengths) => {
      const detection = newDetection();
      for (let at = 0, turn = 0; at < flows.length; at += lengths[turn++ % lengths.length] as number) {
        detection.handle(batchOf(flows.slice(at, at + (lengths[turn % lengths.length] as number))));
      }
      expect(detection.alerts).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});
