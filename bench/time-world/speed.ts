import { createHash } from 'node:crypto';
import { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { Link, linkSchema } from '../../lab/faults/link.ts';
import { Kernel } from '../../lab/kernel/kernel.ts';
import { clockSchema } from '../../lab/scenario/clock.ts';
import { KeptClock } from '../../lab/world/kept-clock.ts';
import { servedTimeSchema } from '../../ntp-server/config.ts';
import { buildNtpServer } from '../../ntp-server/build.ts';
import { DEFAULT } from './situations.ts';
import { TimeWorld } from './time-world.ts';

/** How fast a world passes, as times real time. */
export interface Speed {
  readonly perProcessorSecond: number;
  readonly perSecond: number;
}

const DAY_S = 86_400;
const { clock, link } = DEFAULT;

/** Two routers at a poll interval of 64 s and their server: discrete events in one run. */
export const pairInVirtualTime = (days: number): Promise<Speed> =>
  timed(days * DAY_S, () => {
    const device = { clock, link, client: { pollIntervalS: 64 } };
    new TimeWorld({ seed: 1, devices: [device, device] }).run(trueNs(days * DAY_S * NS_PER_S));
  });

/** The same two as the lab has them: each datagram crosses loopback between two UDP sockets while virtual time stands still. */
export async function pairInLockStep(days: number): Promise<Speed> {
  const random = new Random(1);
  const epoch = { unixMs: Date.parse('2026-03-02T08:00:00Z') };
  const md5 = (octets: Uint8Array): Uint8Array => createHash('md5').update(octets).digest();
  const server = buildNtpServer(servedTimeSchema.parse({}), { epoch, random, md5 });
  const kept = [1, 2].map((number) => {
    const path = new Link(linkSchema.parse(link), random.fork(`link:${number}`), { down: number + 1, up: 1, port: 123 });
    const config = clockSchema.parse({ ...(clock as object), pollIntervalS: 64 });
    return new KeptClock(config, epoch, random.fork(`client:${number}`), 0xc0000200 + number, [
      { name: 'server', address: 0xcb0071e0, server, link: path },
    ]);
  });
  const kernel = new Kernel(kept);
  for (const one of kept) await one.open(kernel);
  try {
    const end = trueNs(days * DAY_S * NS_PER_S);
    return await timed(days * DAY_S, () => kernel.run(end, { everyEvents: Infinity, breathe: () => Promise.resolve() }));
  } finally {
    for (const one of kept) await one.close();
  }
}

async function timed(seconds: number, run: () => void | Promise<void>): Promise<Speed> {
  const startedAt = performance.now();
  const usage = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(usage);
  return { perProcessorSecond: seconds / ((user + system) / 1e6), perSecond: seconds / ((performance.now() - startedAt) / 1e3) };
}
