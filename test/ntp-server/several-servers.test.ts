import { describe, expect, test } from 'vitest';
import { SntpClient, type SntpOutput } from '../../core/ntp/sntp-client.ts';
import { Random } from '../../core/random/random.ts';
import { EventQueue } from '../../core/time/event-queue.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, wallNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { LeapSecond } from '../../core/time/leap-second.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { NtpServer } from '../../ntp-server/server.ts';

/** Where the server sees requests come from. */
const CLIENT = { address: '192.0.2.1', port: 50_000 };

const EPOCH = { unixMs: Date.parse('2026-03-02T08:00:00Z') };

interface LeapOfServers {
  readonly epoch: Epoch;
  readonly leapSecond: LeapSecond;
  /** Who announce that a second is inserted, and whose clocks leap. */
  readonly announcing: readonly string[];
  readonly leaping: readonly string[];
}

/** A client and several servers: each by the milliseconds its clock is ahead, or `undefined` for one that is silent. */
function worldOf(aheadMs: Readonly<Record<string, number | undefined>>, leap?: LeapOfServers) {
  const random = new Random(1);
  const epoch = leap?.epoch ?? EPOCH;
  const clock = new VirtualClock({ offsetNs: -50 * NS_PER_MS, driftPpm: 30 });
  const names = Object.keys(aheadMs);
  const clockOf = (name: string): VirtualClock => {
    const leapSecond = leap?.leaping.includes(name) === true ? leap.leapSecond : undefined;
    return new VirtualClock({ offsetNs: (aheadMs[name] ?? 0) * NS_PER_MS, leapSecond });
  };
  const clocks = new Map(names.map((name) => [name, clockOf(name)]));
  const serverOf = (name: string): NtpServer =>
    new NtpServer({ clock: clocks.get(name) as VirtualClock, epoch, leap: leap?.announcing.includes(name) === true ? 1 : 0 });
  const servers = new Map(names.map((name) => [name, serverOf(name)]));
  const client = new SntpClient({ clock, epoch, random: random.fork('client'), servers: names });
  const underWay = new EventQueue<{ readonly server: string; readonly payload: Uint8Array; readonly to: 'client' | 'server' }>();
  const outputs: (SntpOutput & { readonly at: TrueNs })[] = [];
  let now = trueNs(0);
  const send = (server: string, payload: Uint8Array, to: 'client' | 'server'): void =>
    underWay.push(after(now, Math.round(200_000 + random.exponential(100_000))), { server, payload, to });
  const arrive = (): void => {
    const { server, payload, to } = underWay.pop();
    if (to === 'client') return client.handle(now, { kind: 'datagram', payload, server });
    if (aheadMs[server] === undefined) return;
    const machine = servers.get(server) as NtpServer;
    machine.handle(now, { payload, source: CLIENT });
    for (let reply = machine.poll(); reply !== undefined; reply = machine.poll()) send(server, reply.payload, 'client');
  };
  const runUntil = (untilS: number): void => {
    for (;;) {
      const next = Math.min(underWay.nextInstant ?? Infinity, client.nextTimeout() ?? Infinity);
      if (next > untilS * NS_PER_S) break;
      now = trueNs(next);
      if (underWay.nextInstant === now) arrive();
      else client.handleTimeout(now);
      for (let output = client.poll(); output !== undefined; output = client.poll()) {
        outputs.push({ ...output, at: now });
        if (output.kind === 'send') send(output.server, output.payload, 'server');
      }
    }
    now = trueNs(untilS * NS_PER_S);
  };
  const lastSelection = () => outputs.findLast((output) => output.kind === 'selection');
  return {
    client,
    clock,
    clocks,
    outputs,
    runUntil,
    lastSelection,
    errorNs: (): number => clock.errorNs(now),
    at: (): TrueNs => now,
  };
}

describe('five servers', () => {
  test.each([
    [{ a: 0, b: 0, c: 0, d: 0, liar: 700 }, ['liar']],
    [{ a: 0, b: 0, c: 0, liar: 700, cheat: -5_000 }, ['cheat', 'liar']],
    [{ a: 0, b: 0, c: 0, liar: 300_000, cheat: 300_000 }, ['cheat', 'liar']],
  ])('of which a minority lies, %o: the liars are outvoted and named', (aheadMs, liars) => {
    const world = worldOf(aheadMs);
    world.runUntil(1_000);
    const selection = world.lastSelection();
    expect(selection?.falsetickers.toSorted()).toEqual(liars);
    expect(selection?.survivors).not.toEqual([]);
    expect(Math.abs(world.errorNs())).toBeLessThan(NS_PER_MS);
    const lies = world.outputs.filter((output) => output.kind === 'sample' && liars.includes(output.server));
    expect(lies.every((output) => output.kind === 'sample' && output.action === 'none')).toBe(true);
    // Nor did any of them move the clock before the others had been heard.
    expect(world.clock.history.every(({ since, wallAt }) => Math.abs(wallAt - since) < 60 * NS_PER_MS)).toBe(true);
  });

  test.each([[{ a: 0, b: 0, liar: 700, cheat: -5_000, rogue: 40_000 }], [{ a: 0, b: 100, c: 700, d: -5_000, e: 40_000 }]])(
    'of which the most lie, each its own way, %o: there is no majority, and the clock is left alone',
    (aheadMs) => {
      const world = worldOf(aheadMs);
      world.runUntil(1_000);
      expect(world.lastSelection()).toMatchObject({ survivors: [], falsetickers: [] });
      expect(world.clock.history).toHaveLength(1);
    },
  );
});

test('a server that goes astray later is outvoted from then on', () => {
  const world = worldOf({ a: 0, b: 0, c: 0, d: 0 });
  world.runUntil(2_000);
  world.clocks.get('b')?.step(world.at(), 400 * NS_PER_MS);
  world.runUntil(4_000);
  expect(world.lastSelection()).toMatchObject({ falsetickers: ['b'] });
  expect(Math.abs(world.errorNs())).toBeLessThan(NS_PER_MS);
  world.clocks.get('b')?.step(world.at(), -400 * NS_PER_MS);
  world.runUntil(6_000);
  expect(world.lastSelection()).toMatchObject({ falsetickers: [] });
});

test('a silent server holds the others up for no longer than its burst, and is called unreachable after eight requests', () => {
  const world = worldOf({ a: 0, b: 0, silent: undefined });
  world.runUntil(8);
  expect(world.outputs.some((output) => output.kind === 'sample' && output.action !== 'none')).toBe(true);
  world.runUntil(10_000);
  expect(Math.abs(world.errorNs())).toBeLessThan(NS_PER_MS);
  const told = world.outputs.flatMap((output, index) => (output.kind === 'unreachable' ? [{ ...output, index }] : []));
  expect(told).toMatchObject([{ server: 'silent' }]);
  const askedAt = world.outputs.flatMap((output) => (output.kind === 'send' && output.server === 'silent' ? [output.at] : []));
  const gaps = askedAt.slice(1).map((at, index) => (at - (askedAt[index] as number)) / NS_PER_S);
  expect(gaps.slice(0, 12)).toEqual([2, 2, 2, 2, 2, 2, 2, 128, 256, 512, 1_024, 1_024]);
});

describe('a leap second at the end of 2016, half an hour away', () => {
  const epoch = { unixMs: Date.parse('2016-12-31T23:30:00Z') };
  const leapSecond = { wall: wallNs(1_800 * NS_PER_S), stepNs: -NS_PER_S, smeared: false };
  const SERVERS = { a: 0, b: 0, c: 0, d: 0 };
  const course = (aheadMs: Record<string, number>, announcing: readonly string[], leaping: readonly string[]) => {
    const world = worldOf(aheadMs, { epoch, leapSecond, announcing, leaping });
    const errorsNs = Array.from({ length: 55 }, (_, index) => {
      const untilS = 300 + index * 60 + 1;
      world.runUntil(untilS);
      return world.errorNs() + (leaping.length > 0 && untilS > 1_800 ? NS_PER_S : 0);
    });
    return { world, errorMs: Math.max(...errorsNs.map(Math.abs)) / NS_PER_MS };
  };

  test.each([
    ['all announce', ['a', 'b', 'c', 'd']],
    ['three of four announce', ['a', 'b', 'c']],
  ])('%s: the clock leaps with them and is right within a millisecond at every minute', (_, announcing) => {
    const { world, errorMs } = course(SERVERS, announcing, Object.keys(SERVERS));
    expect(errorMs).toBeLessThan(1);
    expect(world.outputs.some((output) => output.kind === 'sample' && output.action === 'step')).toBe(false);
  });

  test.each([
    ['a falseticker announces', { ...SERVERS, d: 700 }, ['d']],
    ['one of four that are right announces', SERVERS, ['d']],
    ['a half announces', SERVERS, ['c', 'd']],
  ])('%s, and nobody leaps: nothing happens', (_, aheadMs, announcing) => {
    const { world, errorMs } = course(aheadMs, announcing, []);
    expect(errorMs).toBeLessThan(1);
    expect(world.clock.history).toEqual(course(aheadMs, [], []).world.clock.history);
  });

  test('one of four leaps alone: it is outvoted', () => {
    const { world } = course(SERVERS, ['d'], ['d']);
    expect(Math.abs(world.errorNs()) / NS_PER_MS).toBeLessThan(1);
    expect(world.lastSelection()?.falsetickers).toEqual(['d']);
  });
});

test('a reply counts for the server it came from only', () => {
  const world = worldOf({ a: 0, b: 0 });
  world.client.handleTimeout(trueNs(NS_PER_S));
  const sent = world.client.poll();
  if (sent?.kind !== 'send') throw new Error('nobody was asked');
  const server = new NtpServer({ clock: new VirtualClock(), epoch: EPOCH });
  server.handle(trueNs(NS_PER_S), { payload: sent.payload, source: CLIENT });
  const { payload } = server.poll() as { payload: Uint8Array };
  while (world.client.poll() !== undefined);
  const other = sent.server === 'a' ? 'b' : 'a';
  world.client.handle(trueNs(NS_PER_S + 1), { kind: 'datagram', payload, server: other });
  expect(world.client.poll()).toEqual({ kind: 'rejected', server: other, reason: 'origin' });
  world.client.handle(trueNs(NS_PER_S + 1), { kind: 'datagram', payload, server: 'stranger' });
  expect(world.client.poll()).toEqual({ kind: 'rejected', server: 'stranger', reason: 'source' });
});

test('one server more changes no request of the others', () => {
  const requests = (aheadMs: Record<string, number>): Uint8Array[] => {
    const world = worldOf(aheadMs);
    world.runUntil(20);
    return world.outputs.flatMap((output) => (output.kind === 'send' && output.server === 'a' ? [output.payload] : []));
  };
  expect(requests({ a: 0, b: 0 })).toEqual(requests({ a: 0 }));
});
