import { measure, runOf } from '../test/collector/clock-audit/audit-runs.ts';
import type { Sent } from '../test/collector/clock-audit/sent-messages.ts';

/**
 * How well exports alone tell an exporter's clock: `node --import tsx bench/clock-audit.ts [SEEDS]`. The clock is 300 s ahead and gains 50 ppm; 95 of 100
 * runs lie below the errors told, at the last Message; the shortest delay is taken off, which nobody can know.
 */
const SEEDS = Number(process.argv[2] ?? 300);
const LAN = { leastDelayMs: 0.1, jitterMs: 0.2, messagesPerS: 1, offsetS: (atS: number): number => 300.123 + 50e-6 * atS };
const WAN = { ...LAN, leastDelayMs: 5, jitterMs: 20 };
const uptimeS = (atS: number): number => 86_400 + atS * 1.00008;
const [MINUTES, HOUR] = [{ lastsS: 300 }, { lastsS: 3_599 }];

const CASES: Readonly<Record<string, Omit<Sent, 'seed'>>> = {
  'seconds, LAN, 5 min': { ...LAN, ...MINUTES },
  'seconds, LAN, 1 h': { ...LAN, ...HOUR },
  'seconds, LAN, 1 h, 10/s': { ...LAN, ...HOUR, messagesPerS: 10 },
  'seconds, WAN, 1 h': { ...WAN, ...HOUR },
  'seconds and uptime, WAN, 1 h': { ...WAN, ...HOUR, uptimeS },
  'milliseconds, LAN, 5 min': { ...LAN, ...MINUTES, tellsMs: true },
  'milliseconds, LAN, 1 h': { ...LAN, ...HOUR, tellsMs: true },
  'milliseconds, WAN, 5 min': { ...WAN, ...MINUTES, tellsMs: true },
  'seconds, exact 1 s timer, 1 h': { ...LAN, ...HOUR, isTimed: true },
};

for (const [name, sent] of Object.entries(CASES)) {
  const begun = performance.now();
  const { p95Ms, p95Ppm, medianBoundMs, heldPercent } = measure(
    Array.from({ length: SEEDS }, (_, seed) => runOf({ ...sent, seed })),
  );
  const usPerMessage = ((performance.now() - begun) * 1e3) / (SEEDS * sent.lastsS * sent.messagesPerS);
  console.log(
    `${name.padEnd(30)} ${p95Ms.toFixed(3)} ms, ${p95Ppm.toFixed(2)} ppm; bound ${medianBoundMs.toFixed(2)} ms, ` +
      `holds in ${heldPercent.toFixed(1)} %; ${usPerMessage.toFixed(1)} us a Message`,
  );
}
