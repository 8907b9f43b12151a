import type { TrueNs } from '../../core/time/instant.ts';
import { QueryMistake } from '../../collector/api/query-request.ts';
import type { Control } from '../../collector/api/view/status-view.ts';
import type { Topics } from '../../collector/api/view/topic.ts';
import type { ViewSubject } from '../../collector/io/page/views.ts';
import type { JudgedSite } from '../findings/damage.ts';
import type { LookedAt, Onlooker } from '../run-scenario.ts';
import type { ClientPacket } from '../world/ntp-tap.ts';
import { Tempo, type Speed } from '../world/tempo.ts';
import { ShownRun } from './shown-run.ts';

/** A run while it goes on and afterwards, as the page is shown it. Of several variants it is the one that runs, and the last in the end. */
export class LookedAtRun implements Onlooker, ViewSubject {
  readonly tempo: Tempo;
  #shown: ShownRun | undefined;
  #revision = 0;
  #isOver = false;
  #report: string | undefined;

  constructor(speed: Speed) {
    this.tempo = new Tempo(speed);
  }

  get topics(): Topics {
    return this.#shown?.topics ?? new Map();
  }

  begin(run: LookedAt): void {
    // Whoever asks the run before this one still gets the answer.
    void this.#shown?.close();
    this.#revision++;
    this.#shown = new ShownRun(run, {
      revision: () => this.#revision,
      report: () => this.#report,
      state: () => ({ speed: this.tempo.speed, paused: this.tempo.isPaused, isOver: this.#isOver }),
    });
  }

  stored(now: TrueNs): void {
    this.#shown?.stored(now);
    this.#revision++;
  }

  arrived(source: string, receivedAtUs: number, payload: Uint8Array): void {
    this.#shown?.arrived(source, receivedAtUs, payload);
  }

  exported(...message: Parameters<Onlooker['exported']>): void {
    this.#shown?.exported(...message);
  }

  ntpPacket(packet: ClientPacket): void {
    this.#shown?.ntpPacket(packet);
  }

  judged(sites: readonly JudgedSite[]): void {
    this.#shown?.judged(sites);
    this.#revision++;
  }

  /** The run as one HTML document. */
  reported(document: string): void {
    this.#report = document;
  }

  report(): string | undefined {
    return this.#report;
  }

  /** Nothing more will come. */
  end(): void {
    this.#isOver = true;
  }

  control(control: Control): void {
    if (this.#isOver) throw new QueryMistake('the run is over: there is nothing to pause');
    this.tempo.change(control);
  }

  /** Resolves when the store is closed. */
  async close(): Promise<void> {
    const shown = this.#shown;
    this.#shown = undefined;
    await shown?.close();
  }
}
