import { describe, expect, test } from 'vitest';
import { decodePacket, type NtpPacket } from '../../core/ntp/packet.ts';
import { NS_PER_S } from '../../core/time/instant.ts';
import { query } from '../../ntp-server/io/query.ts';
import type { ServerAnswer } from '../../ntp-server/query-report.ts';
import { ClientWorld } from './client-world.ts';
import { HostileServer } from './hostile-server.ts';
import { AHEAD_S, TORTURE, type TortureRow } from './torture.ts';

test('there are seventeen rows', () => {
  expect(TORTURE).toHaveLength(17);
});

describe('the machine', () => {
  test.each(TORTURE)('$name', ({ replies, outcome, aheadS = AHEAD_S, wayMs = 0.1 }) => {
    const world = new ClientWorld({
      serverClock: { offsetNs: aheadS * NS_PER_S },
      client: { initialDelayMs: 0 },
      delayMs: () => wayMs,
      tamper: (reply) => replies(decodePacket(reply) as NtpPacket),
    }).runFor(1);
    if (typeof outcome === 'string') {
      expect(world.happenings).toMatchObject([{ kind: 'rejected', reason: outcome }]);
      expect(world.clock.history).toHaveLength(1);
    } else {
      expect(world.samples).toHaveLength(1);
      expect(Math.abs((world.samples[0]?.offsetNs ?? NaN) - outcome * NS_PER_S)).toBeLessThan(10);
    }
  });
});

test('over UDP sockets, a hostile server for each row, all seventeen end as they should', { timeout: 60_000 }, async () => {
  // Timestamps of one process are further apart than a row's delay while the machine is very busy: then everybody is asked once more.
  const outcomes = async (): Promise<string[]> => {
    const servers = await Promise.all(TORTURE.map((row) => HostileServer.start(row)));
    try {
      const endpoints = servers.map(({ endpoint }) => endpoint);
      const answers = await query(endpoints, { samples: 1, intervalMs: 1_000 });
      return TORTURE.map((row, index) => isAsExpected(row, answers[index] as ServerAnswer));
    } finally {
      for (const server of servers) server.close();
    }
  };
  await expect.poll(outcomes, { timeout: 50_000 }).toEqual(TORTURE.map(({ name, outcome }) => `${name}: ${outcome}`));
});

/** Timestamps of one process may be a few milliseconds apart when the machine is busy. */
const TOLERANCE_S = 0.025;

function isAsExpected({ name, outcome }: TortureRow, answer: ServerAnswer): string {
  if (answer.kind === 'failed') return `${name}: ${answer.reason.replace(/.*sent nothing usable: /, '')}`;
  const offsetS = answer.offsetNs / NS_PER_S;
  const isNear = typeof outcome === 'number' && Math.abs(offsetS - outcome) < TOLERANCE_S;
  return `${name}: ${isNear ? outcome : offsetS}`;
}

test('a query tells a hostile server nothing but a nonce, and never asks from the same port twice', async () => {
  const server = await HostileServer.start(TORTURE[0] as TortureRow);
  try {
    const [answer] = await query([server.endpoint], { samples: 8, intervalMs: 10 });
    expect(answer).toMatchObject({ kind: 'answered', samples: 8 });
    const nonces = server.requests.map((request) => Buffer.from(request.subarray(40)).toString('hex'));
    expect(new Set(nonces).size).toBe(8);
    for (const request of server.requests) {
      expect(request).toHaveLength(48);
      expect([...request.subarray(0, 40)]).toEqual([0x23, ...new Array<number>(39).fill(0)]);
    }
    // Of 28,000 ephemeral ports two of eight may be the same by chance, once in a thousand runs; not four.
    expect(new Set(server.ports).size).toBeGreaterThan(5);
  } finally {
    server.close();
  }
});
