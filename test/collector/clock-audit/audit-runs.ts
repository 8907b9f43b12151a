import { ClockAudit, type ClockEstimate } from '../../../collector/clock-audit/clock-audit.ts';
import { sentMessages, type Sent } from './sent-messages.ts';

/** One run against the truth at its last Message. */
export interface Run {
  readonly audit: ClockAudit;
  readonly estimate: ClockEstimate;
  /** Estimate less truth, the shortest delay taken off, which nobody can know. */
  readonly errorMs: number;
  readonly driftErrorPpm: number;
}

/** Audits one exporter. The truth of the drift is that of a straight clock. */
export function runOf(sent: Sent): Run {
  const audit = new ClockAudit();
  let lastS = 0;
  for (const message of sentMessages(sent)) {
    audit.add(message);
    lastS = message.atS;
  }
  const estimate = audit.estimate();
  if (estimate === undefined) throw new Error('there were no Messages');
  const truthMs = sent.offsetS(lastS) * 1e3 - sent.leastDelayMs;
  const truePpm = (sent.offsetS(lastS + 1) - sent.offsetS(lastS)) * 1e6;
  return { audit, estimate, errorMs: estimate.now.offsetMs - truthMs, driftErrorPpm: estimate.now.driftPpm - truePpm };
}

/** What 95 of 100 runs stay below, what bound was stated in the middle, and how many runs it held in. */
export function measure(runs: readonly Run[]) {
  const isHeld = ({ errorMs, driftErrorPpm, estimate: { now } }: Run): boolean =>
    Math.abs(errorMs) <= now.boundMs && Math.abs(driftErrorPpm) <= now.driftBoundPpm;
  return {
    p95Ms: quantile(runs.map(({ errorMs }) => Math.abs(errorMs)), 0.95), // prettier-ignore
    p95Ppm: quantile(runs.map(({ driftErrorPpm }) => Math.abs(driftErrorPpm)), 0.95), // prettier-ignore
    medianBoundMs: quantile(runs.map(({ estimate }) => estimate.now.boundMs), 0.5), // prettier-ignore
    heldPercent: (100 * runs.filter(isHeld).length) / runs.length,
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
