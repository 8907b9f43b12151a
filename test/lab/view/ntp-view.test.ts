import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NtpView } from '../../../collector/api/view/ntp-view.ts';
import type { Part } from '../../../core/bytes/part.ts';
import { decodePacket } from '../../../core/ntp/packet.ts';
import { writeReportFiles } from '../../../lab/commands/report-files.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { openKeptRun, type KeptRun } from '../../../lab/serve/kept-run.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { allOf, expectWhole } from '../../support/parts.ts';

const out = mkdtempSync(join(tmpdir(), 'flowlab-ntp-view-'));
const capture = join(out, 'ntp.pcap');

/** A router that is 80 ms fast, over a way that loses packets, and one of two servers that does what servers must not. */
const SCENARIO: ScenarioInput = {
  title: 'An hour of two clocks',
  start: '2026-03-02T09:00:00Z',
  duration: '1h',
  office: { employees: 1 },
  router: { clock: { offsetMs: 80, driftPpm: 5 } },
  collector: { clock: { offsetMs: -30 } },
  ntpServers: [
    { name: 'good', stratum: 1 },
    {
      name: 'odd',
      stratum: 2,
      faults: [
        { kind: 'wrong-origin', probability: 0.5, fromS: 600, untilS: 1_500 },
        { kind: 'unsynchronised', fromS: 1_500, untilS: 2_400 },
        { kind: 'kiss', code: 'RATE', fromS: 2_400, untilS: 3_000 },
      ],
    },
  ],
  links: { ntp: { lossPercent: 5 } },
} as ScenarioInput;

let live: LookedAtRun;
let kept: KeptRun;

beforeAll(async () => {
  live = new LookedAtRun('max');
  writeReportFiles(await runScenario({ scenario: SCENARIO, onlooker: live, out }), '', out);
  live.end();
});
afterAll(() => {
  kept?.close();
  rmSync(out, { recursive: true });
});

const ask = async (run: Pick<LookedAtRun, 'topics'>, parameters: Record<string, string> = {}): Promise<NtpView> =>
  JSON.parse(JSON.stringify(await run.topics.get('ntp')?.view(new Map(Object.entries(parameters))))) as NtpView;

const partOf = (tree: Part, name: string): Part | undefined => allOf(tree).find((part) => part.name === name);

/** All packets, opened one by one. */
async function opened(run: Pick<LookedAtRun, 'topics'>): Promise<NonNullable<NtpView['packet']>[]> {
  const { count } = await ask(run);
  return Promise.all(Array.from({ length: count }, async (_, packet) => (await ask(run, { packet: String(packet) })).packet!));
}

describe('the packets of a run', () => {
  test('are each told whole, with what became of them', async () => {
    const all = await opened(live);
    expect(all.length).toBeGreaterThan(150);
    const outcomes = new Set<string>();
    for (const { head, tree, hex, verdict, request, replies, exchange } of all) {
      expectWhole(tree, hex.length / 2);
      const packet = decodePacket(Uint8Array.from(Buffer.from(hex, 'hex')))!;
      expect(packet.mode).toBe(head.way === 'request' ? 3 : 4);
      outcomes.add(head.outcome ?? head.state);
      if (head.way === 'request') {
        expect(head.state).toBe(replies.length > 0 ? 'answered' : 'unanswered');
        continue;
      }
      // Law: what answers what is told twice, and the nonce says the same unless the server turned it.
      const asked = all[request!]!;
      expect(asked.replies).toContain(head.index);
      const nonce = decodePacket(Uint8Array.from(Buffer.from(asked.hex, 'hex')))!.transmitTimestamp;
      expect(packet.originTimestamp === nonce).toBe(head.outcome !== 'origin');
      expect(exchange?.outcome).toBe(head.outcome);
      expect(verdict).toMatch(head.state === 'accepted' ? / accepted it/ : / dropped it: | did not use it: /);
      // RFC 5905 section 8, by hand.
      const { t1Ms, t2Ms, t3Ms, t4Ms, offsetMs, delayMs } = exchange!;
      expect(offsetMs).toBeCloseTo((t2Ms - t1Ms + (t3Ms - t4Ms)) / 2, 2);
      expect(delayMs).toBeCloseTo(t4Ms - t1Ms - (t3Ms - t2Ms), 2);
    }
    expect([...outcomes]).toEqual(
      expect.arrayContaining(['slew', 'none', 'origin', 'kiss-INIT', 'kiss-RATE', 'answered', 'unanswered']),
    );
  });

  test('say what each clock showed, and what it was in truth', async () => {
    const { packets } = await ask(live, { client: 'router', way: 'reply' });
    const { packet } = await ask(live, { packet: String(packets.at(-1)!.index) });
    const [first] = (await opened(live)).filter(({ head }) => head.client === 'router' && head.way === 'reply');
    const truth = allOf(first!.tree).find(({ name }) => name === 'Origin Timestamp')?.truth;
    expect(truth).toMatch(
      /^T1: the router’s clock said 2026-03-02 09:00:\d\d\.\d{9} UTC, the truth was .*, so the clock was 80 ms ahead$/,
    );
    expect(allOf(first!.tree).find(({ name }) => name === 'Receive Timestamp')?.truth).toMatch(/right within a microsecond$/);
    expect(packet?.head.client).toBe('router');
    const asked = (await ask(live, { packet: String(first!.request) })).packet!;
    expect(allOf(asked.tree).find(({ name }) => name === 'Transmit Timestamp')?.truth).toContain('so the clock was 80 ms ahead');
  });

  test('say how far off a server said its time may be, and whether it was', async () => {
    const run = new LookedAtRun('max');
    const servers = [
      { name: 'right', stratum: 2 },
      { name: 'wrong', stratum: 2, offsetMs: 40 },
    ];
    await runScenario({ scenario: { ...SCENARIO, duration: '10m', ntpServers: servers }, onlooker: run });
    const replies = (await opened(run)).filter(({ head }) => head.way === 'reply');
    expect(new Set(replies.map(({ head }) => head.server))).toEqual(new Set(['right', 'wrong']));
    for (const { head, tree, hex } of replies) {
      const view = new DataView(Uint8Array.from(Buffer.from(hex, 'hex')).buffer);
      // RFC 5905 section 7.3: both in the short format, by hand.
      const claimedMs = ((view.getUint32(4) / 2 + view.getUint32(8)) / 65_536) * 1_000;
      expect(claimedMs).toBeGreaterThan(1);
      const [, told, unit, truth] =
        /^with half .* may be (\S+) (ms|s) off; in truth it was (.*)$/.exec(partOf(tree, 'Root Dispersion')?.truth ?? '') ?? [];
      expect(Number(told) * (unit === 's' ? 1_000 : 1)).toBeCloseTo(claimedMs, 0);
      expect(truth).toBe(
        head.server === 'wrong' ? '40 ms ahead, more than that' : 'right within a microsecond, no more than that',
      );
    }
    await run.close();
  });

  test('that ask say how long after the one before they did', async () => {
    const asked = (await opened(live)).filter(
      ({ head }) => head.client === 'router' && head.server === 'good' && head.way === 'request',
    );
    for (const [index, { head, tree }] of asked.entries()) {
      const before = asked[index - 1]?.head.atMs;
      const truth = partOf(tree, 'Poll')?.truth;
      if (before === undefined) expect(truth).toBeUndefined();
      else
        expect(Number(/^in truth good was asked (\S+) s before$/.exec(truth ?? '')?.[1])).toBeCloseTo(
          (head.atMs - before) / 1_000,
          0,
        );
    }
    expect(asked.length).toBeGreaterThan(10);
  });

  test('that were dropped have the field that was to blame marked', async () => {
    const all = await opened(live);
    const wrong = (outcome: string): (string | undefined)[] =>
      all
        .filter(({ head }) => head.outcome === outcome)
        .map(({ tree }) => allOf(tree).find((part) => part.wrong !== undefined)?.name);
    expect(new Set(wrong('origin'))).toEqual(new Set(['Origin Timestamp']));
    expect(new Set(wrong('kiss-RATE'))).toEqual(new Set(['Reference ID']));
    expect(new Set(wrong('slew'))).toEqual(new Set([undefined]));
  });

  test('can be asked for by client, server, way, number and time', async () => {
    const { clients, servers } = await ask(live);
    expect([clients, servers]).toEqual([
      ['collector', 'router'],
      ['good', 'odd'],
    ]);
    const { packets } = await ask(live, { client: 'collector', server: 'odd', way: 'request' });
    expect(packets.length).toBeGreaterThan(10);
    for (const { client, server, way } of packets) expect([client, server, way]).toEqual(['collector', 'odd', 'request']);
    const [, second, third] = packets;
    const earlier = await ask(live, { client: 'collector', server: 'odd', way: 'request', before: String(second!.index) });
    expect(earlier.packets[0]).toEqual(third);
    expect((await ask(live, { at: String(third!.atMs + 1) })).packets[0]!.atMs).toBeLessThanOrEqual(third!.atMs + 1);
    await expect(ask(live, { way: 'sideways' })).rejects.toThrow('way is "sideways": it must be request or reply');
    const { exchanges } = (await live.topics.get('clocks')?.view(new Map())) as {
      exchanges: { trueT4Ms: number; device: string }[];
    };
    const { trueT4Ms, device } = exchanges[3]!;
    const replied = (await ask(live, { replied: String(trueT4Ms), client: device })).packet;
    expect(replied?.exchange).toMatchObject({ trueT4Ms, device });
  });

  test('are all come to page by page, and back', async () => {
    const all = await ask(live);
    const pages = [all];
    for (let page = all; page.turns.older !== undefined; pages.push(page))
      page = await ask(live, { before: String(page.turns.older) });
    expect(pages.length).toBeGreaterThan(2);
    const indexes = pages.flatMap(({ packets }) => packets.map(({ index }) => index));
    expect(indexes).toEqual(Array.from({ length: all.count }, (_, index) => all.count - 1 - index));
    expect(pages.at(-1)?.end).toBeUndefined();
    const newer = await ask(live, { before: String(pages[2]!.turns.newer) });
    expect(newer.packets).toEqual(pages[1]!.packets);
    // The newest page has no number.
    expect(pages[1]!.turns.newer).toBeUndefined();
  });

  test('do not tell of what came after the time that is looked at', async () => {
    const { packets } = await ask(live, { way: 'reply' });
    const reply = packets.find(({ state }) => state === 'accepted')!;
    const { request } = (await ask(live, { packet: String(reply.index) })).packet!;
    const { atMs } = (await ask(live, { packet: String(request) })).packet!.head;
    const at = String((atMs + reply.atMs) / 2);
    const then = await ask(live, { at, packet: String(request) });
    expect(then.packets.find(({ index }) => index === request)?.state).toBe('unanswered');
    expect(then.packet?.head.state).toBe('unanswered');
    expect(then.packet?.verdict).toMatch(/^No reply/);
    expect((await ask(live, { packet: String(request) })).packet?.head.state).toBe('answered');
    expect((await ask(live, { at, packet: String(reply.index) })).packet?.head.atMs).toBeLessThan(reply.atMs);
  });

  test('are shown again from what --out left, the same', async () => {
    const before = await opened(live);
    const list = await ask(live);
    await live.close();
    kept = await openKeptRun(out);
    expect((await ask(kept.views)).packets).toEqual(list.packets);
    const after = await opened(kept.views);
    // exchanges.csv has whole nanoseconds.
    for (const [index, { exchange, ...rest }] of after.entries()) {
      const { exchange: told, ...others } = before[index]!;
      expect(rest.head.offsetMs ?? 0).toBeCloseTo(others.head.offsetMs ?? 0, 5);
      expect({ ...rest, head: rest.head.index }).toEqual({ ...others, head: others.head.index });
      expect(exchange?.trueT4Ms).toBe(told?.trueT4Ms);
    }
  });

  test.skipIf(!hasProgram('tshark'))('are a file that Wireshark reads as NTP, without complaint', async () => {
    const fields = [
      'frame.protocols',
      'udp.srcport',
      'udp.dstport',
      'ntp.flags.mode',
      'udp.checksum.status',
      '_ws.expert',
      'udp.payload',
    ];
    const text = execFileSync(
      'tshark',
      [
        '-r',
        capture,
        '-o',
        'udp.check_checksum:TRUE',
        '-T',
        'fields',
        '-E',
        'separator=,',
        ...fields.flatMap((field) => ['-e', field]),
      ],
      { encoding: 'utf8' },
    );
    const all = await opened(kept.views);
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBe(all.length);
    for (const [index, line] of lines.entries()) {
      const { way } = all[index]!.head;
      const ports = way === 'request' ? '50123,123,3' : '123,50123,4';
      expect(line).toBe(`raw:ip:udp:ntp,${ports},1,,${all[index]!.hex}`);
    }
  });

  test('are the same octets each time', async () => {
    const again = mkdtempSync(join(tmpdir(), 'flowlab-ntp-again-'));
    try {
      await runScenario({ scenario: SCENARIO, out: again });
      expect(readFileSync(join(again, 'ntp.pcap')).equals(readFileSync(capture))).toBe(true);
    } finally {
      rmSync(again, { recursive: true });
    }
  });
});
