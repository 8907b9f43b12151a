import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { referenceIdText } from '../../core/ntp/reference-id.ts';
import { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { RateLimit } from '../../ntp-server/rate-limit.ts';
import { hasProgram } from '../support/outside-program.ts';
import { ask, serverOf } from './ask.ts';
import { Chronyd } from './chronyd.ts';
import { putTo } from './put-to.ts';
import { numbered, request } from './request-forms.ts';

/** No more at once than a socket's buffer holds. */
const BATCH = 40;
const CONFIG = { intervalLog2S: 3, burst: 8, leakLog2: 2, kiss: false, maxClients: 4_096 };
const limit = (config: Partial<typeof CONFIG> = {}, seed = 1): RateLimit =>
  new RateLimit({ ...CONFIG, ...config }, new Random(seed));
const at = (seconds: number) => trueNs(Math.round(seconds * NS_PER_S));

test('who asks once each interval is always answered', () => {
  const rateLimit = limit();
  for (let index = 0; index < 1_000; index++) expect(rateLimit.judge(at(index * 8), 'a')).toBe('pass');
});

test('a burst is answered, then one request in four at random, and a pause fills the burst again', () => {
  const rateLimit = limit();
  for (let index = 0; index < 8; index++) expect(rateLimit.judge(at(0), 'a')).toBe('pass');
  const passed = Array.from({ length: 4_000 }, () => rateLimit.judge(at(0), 'a')).filter((verdict) => verdict === 'pass').length;
  // Four deviations of a binomial of 4,000 and 1/4.
  expect(Math.abs(passed - 1_000)).toBeLessThan(4 * Math.sqrt(750));
  for (let index = 0; index < 8; index++) expect(rateLimit.judge(at(64), 'a')).toBe('pass');
});

test('half an interval is not enough for another reply, a whole one is', () => {
  const passedAfter = (pauseS: number): number => {
    const rateLimit = limit();
    const addresses = Array.from({ length: 1_000 }, (_, index) => `client-${index}`);
    for (const address of addresses) for (let index = 0; index < 8; index++) rateLimit.judge(at(0), address);
    return addresses.filter((address) => rateLimit.judge(at(pauseS), address) === 'pass').length;
  };
  expect(passedAfter(4)).toBeLessThan(320);
  expect(passedAfter(8)).toBe(1_000);
});

test('a kiss is told at most as often as the leak lets a reply through', () => {
  for (const leakLog2 of [1, 2, 3, 4]) {
    const rateLimit = limit({ kiss: true, leakLog2 });
    const verdicts = Array.from({ length: 20_000 }, () => rateLimit.judge(at(0), 'a')).slice(8);
    const share = (which: string): number => verdicts.filter((verdict) => verdict === which).length / verdicts.length;
    expect(Math.abs(share('pass') - 2 ** -leakLog2)).toBeLessThan(0.015);
    expect(share('kiss')).toBeGreaterThan(0.02);
    expect(share('kiss')).toBeLessThan(2 ** -leakLog2);
  }
  const silent = limit();
  expect(Array.from({ length: 1_000 }, () => silent.judge(at(0), 'a'))).not.toContain('kiss');
});

test('each address has a limit of its own, and a million of them need no more memory than the table has', () => {
  const rateLimit = limit({ maxClients: 100, leakLog2: 4 });
  for (let index = 0; index < 100; index++) rateLimit.judge(at(0), 'greedy');
  for (let index = 0; index < 1_000_000; index++) {
    rateLimit.judge(at(0), `forged-${index}`);
    if (index % 50 === 0) rateLimit.judge(at(0), 'greedy');
  }
  expect(rateLimit.size).toBeGreaterThanOrEqual(50);
  expect(rateLimit.size).toBeLessThanOrEqual(100);
  // It was never forgotten, so it has no burst again: a stranger would get eight.
  const passed = Array.from({ length: 8 }, () => rateLimit.judge(at(0), 'greedy')).filter((verdict) => verdict === 'pass').length;
  expect(passed).toBeLessThan(4);
});

test('the latest half of the addresses is always remembered, and never more than all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.array(fc.nat(60), { maxLength: 400 }), (maxClients, asked) => {
      const rateLimit = limit({ maxClients, burst: 1, leakLog2: 30 });
      const latest: number[] = [];
      for (const client of asked) {
        const verdict = rateLimit.judge(at(0), String(client));
        // Who is remembered has spent its only token.
        if (latest.slice(0, Math.floor(maxClients / 2)).includes(client)) expect(verdict).toBe('drop');
        latest.splice(0, latest.length, client, ...latest.filter((other) => other !== client));
        expect(rateLimit.size).toBeLessThanOrEqual(maxClients);
      }
    }),
  );
});

test("a limited server counts what it drops, and its RATE asks for a poll interval not shorter than the limit's", () => {
  const server = serverOf({ rateLimit: { intervalLog2S: 7, burst: 2, kiss: true } });
  const replies = Array.from({ length: 1_000 }, () => ask(server, 1));
  const kisses = replies.filter((reply) => reply?.stratum === 0);
  expect(server.counters.kissed).toBe(kisses.length);
  expect(server.counters.responded + server.counters.kissed + server.counters.limited).toBe(1_000);
  expect(kisses.length).toBeGreaterThan(100);
  for (const kiss of kisses) {
    expect(kiss).toMatchObject({ leap: 3, poll: 7, mode: 4, originTimestamp: 0x0102030405060708n, referenceTimestamp: 0n });
    expect(referenceIdText(kiss!.referenceId)).toBe('RATE');
  }
});

test.skipIf(!hasProgram('chronyd'))(
  'chronyd answers as many of two thousand requests in a row',
  { timeout: 30_000 },
  async () => {
    const chronyd = await Chronyd.serve(['ratelimit interval 3 burst 8 leak 2']);
    try {
      const requests = Array.from({ length: 2_000 }, (_, index) => numbered(request(4, 3), index));
      const answered = await answeredOf(chronyd.port, requests);
      const rateLimit = limit();
      const own = requests.filter(() => rateLimit.judge(at(0), 'a') === 'pass').length;
      expect(Math.abs(answered - own)).toBeLessThan(4 * Math.sqrt(2 * 375));
    } finally {
      await chronyd.stop();
    }
  },
);

/** How many requests in a row get a reply. After each batch a stranger asks, who has a limit of its own, to know that the batch is through. */
async function answeredOf(port: number, requests: readonly Uint8Array[]): Promise<number> {
  let answered = 0;
  const socket = createSocket('udp4').on('message', () => answered++);
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (let begin = 0; begin < requests.length; begin += BATCH) {
    for (const payload of requests.slice(begin, begin + BATCH)) {
      await new Promise<void>((resolve) => socket.send(payload, () => resolve()));
    }
    await putTo(port, [numbered(request(4, 3), 0)], { from: `127.0.1.${begin / BATCH + 1}` });
  }
  socket.close();
  return answered;
}
