import { formatCount } from '../report/format.ts';
import { clip } from '../report/layout.ts';
import type { ScoreProgress } from '../score/score-detector.ts';
import type { ProgressOutput } from './progress.ts';

const CLEAR_LINE = '\r\u001b[2K';
const STEP_PERCENT = 10;

/** Says how many days are scored: a terminal has its line rewritten, anything else gets a line at the start and each 10 %. */
export class ScoreProgressPrinter {
  readonly #output: ProgressOutput;
  #nextPercent = 0;
  #hasDrawn = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  update({ days, ofDays, hits, missed, falseAlarms }: ScoreProgress): void {
    const text = `${days} of ${formatCount(ofDays, 'day')}: ${hits} found, ${missed} missed, ${formatCount(falseAlarms, 'false alarm')}`;
    if (this.#output.isTTY === true) {
      this.#hasDrawn = true;
      this.#output.write(CLEAR_LINE + clip(text, (this.#output.columns || 80) - 1));
      return;
    }
    const percent = days === 0 ? 0 : (100 * days) / ofDays;
    if (percent < this.#nextPercent) return;
    this.#nextPercent = (Math.floor(percent / STEP_PERCENT) + 1) * STEP_PERCENT;
    this.#output.write(`${text}\n`);
  }

  /** Takes the rewritten line away. */
  end(): void {
    if (this.#hasDrawn) this.#output.write(CLEAR_LINE);
  }
}
