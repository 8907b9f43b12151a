/** A pause that can be cut short. */
export class Alarm {
  #end: () => void = () => undefined;

  /** Resolves after so many milliseconds, or when it rings. One waits at a time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  ring(): void {
    this.#end();
  }
}
