import { SIGNAL_EXITS } from './exit-codes.ts';

/** Said beside the address of a page, when nothing more will be printed. */
export const SHOWN_UNTIL = 'the page stays until Ctrl-C\n';

type EndingSignal = keyof typeof SIGNAL_EXITS;

/** Turns SIGINT and SIGTERM into an abort; the second one ends the process at once. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handler = (name: EndingSignal): void => this.#interrupt(name);
  #exitCode: number | undefined;

  constructor() {
    for (const name of Object.keys(SIGNAL_EXITS)) process.on(name, this.#handler);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 130 or 143 once a signal has come. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Resolves with the first signal. */
  whenInterrupted(): Promise<void> {
    const { signal } = this;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** Gives the signals their usual meaning back. */
  release(): void {
    for (const name of Object.keys(SIGNAL_EXITS)) process.off(name, this.#handler);
  }

  #interrupt(name: EndingSignal): void {
    if (this.#exitCode !== undefined) process.exit(this.#exitCode);
    this.#exitCode = SIGNAL_EXITS[name];
    this.#controller.abort(new Error(`stopped by ${name}`));
  }
}
