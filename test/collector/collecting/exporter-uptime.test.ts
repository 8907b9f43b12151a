import { expect, it } from 'vitest';
import { ExporterUptime } from '../../../collector/collecting/exporter-uptime.ts';
import type { MessageContext } from '../../../collector/collecting/message-context.ts';

const NOON_MS = Date.parse('2026-03-02T12:00:00Z');

/** Of each Message, by the header's clock and its uptime, whether the device has begun anew. */
function told(messages: readonly (readonly [clockMs: number, uptimeMs: number])[]): boolean[] {
  const uptime = new ExporterUptime();
  return messages.map(([clockMs, uptimeMs]) =>
    uptime.hasBegunAnew({ uptimeMs, exportTimeUs: clockMs * 1_000 } as MessageContext),
  );
}

it('takes a device that was switched on anew for one, and a Message that came late for none', () => {
  const begunMs = NOON_MS - 10_000_000;
  const at = (ms: number) => [begunMs + ms, ms] as const;
  expect(told([at(9_000_000), at(8_000_000), at(9_010_000)])).toEqual([false, false, false]);
  expect(told([at(9_000_000), [NOON_MS, 5_000], [NOON_MS + 5_000, 10_000]])).toEqual([false, true, false]);
});

it('takes no Message for a restart that came late when the uptime had begun anew after 49.7 days', () => {
  const at = (ms: number) => [NOON_MS + ms, (2 ** 32 + ms) % 2 ** 32] as const;
  expect(told([at(-200_000), at(-100_000), at(10_000), at(-90_000), at(20_000)])).toEqual([false, false, false, false, false]);
});

it('counts one restart of a device whose clock begins at 1970 until NTP has set it', () => {
  expect(
    told([
      [NOON_MS, 9_000_000],
      [5_000, 5_000],
      [65_000, 65_000],
      [NOON_MS + 90_000, 80_000],
      [NOON_MS + 100_000, 90_000],
    ]),
  ).toEqual([false, true, false, false, false]);
});
