import { formatClockError, formatDuration, formatNumber } from '../report/format.ts';
import { clip } from '../report/layout.ts';
import type { Progress } from '../run-scenario.ts';

const REDRAW_MS = 100;
const STEP_PERCENT = 10;
const CLEAR_LINE = '\r\u001b[2K';

/** Where progress goes: a terminal has its line rewritten, anything else gets a line each 10 %. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Says how far a run has come. `nowMs` is real time, monotonic. */
export class ProgressPrinter {
  readonly #scenario: string;
  readonly #output: ProgressOutput;
  readonly #nowMs: () => number;
  #variant: string | undefined;
  #startedMs: number | undefined;
  #drawnMs = -Infinity;
  #nextPercent = STEP_PERCENT;

  constructor(scenario: string, output: ProgressOutput, nowMs: () => number) {
    this.#scenario = scenario;
    this.#output = output;
    this.#nowMs = nowMs;
  }

  update(progress: Progress): void {
    const now = this.#nowMs();
    if (this.#startedMs === undefined || progress.variant !== this.#variant) this.#begin(progress.variant, now);
    const percent = progress.durationMs > 0 ? (100 * progress.simulatedMs) / progress.durationMs : 100;
    if (this.#output.isTTY === true) this.#redraw(progress, percent, now);
    else this.#step(progress, percent, now);
  }

  /** Takes the rewritten line away. */
  end(): void {
    if (this.#output.isTTY === true && this.#drawnMs !== -Infinity) this.#output.write(CLEAR_LINE);
  }

  #begin(variant: string | undefined, now: number): void {
    this.#variant = variant;
    this.#startedMs = now;
    this.#nextPercent = STEP_PERCENT;
  }

  #redraw(progress: Progress, percent: number, now: number): void {
    if (now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    this.#output.write(CLEAR_LINE + clip(this.#describe(progress, percent, now), (this.#output.columns || 80) - 1));
  }

  #step(progress: Progress, percent: number, now: number): void {
    if (percent < this.#nextPercent) return;
    this.#nextPercent = (Math.floor(percent / STEP_PERCENT) + 1) * STEP_PERCENT;
    this.#output.write(`${this.#describe(progress, percent, now)}\n`);
  }

  #describe({ timeOfDay, records, clockErrorMs, variant }: Progress, percent: number, now: number): string {
    const name = variant === undefined ? this.#scenario : `${this.#scenario} ${variant}`;
    const elapsedS = (now - (this.#startedMs ?? now)) / 1_000;
    const left =
      percent >= 100
        ? 'done'
        : percent > 0
          ? `${formatDuration(Math.ceil((elapsedS * (100 - percent)) / percent))} left`
          : 'starting';
    const clock = `router clock ${formatClockError(clockErrorMs)}`;
    return `${name}: ${timeOfDay} ${String(Math.floor(percent)).padStart(3)} %, ${formatNumber(records)} records, ${clock}, ${left}`;
  }
}
