/** How long a finished command may be kept alive by something left open. */
const GRACE_MS = 2_000;

/** Ends the process once standard output has been written; the event loop gets `GRACE_MS` to run empty by itself. */
export function finish(exitCode: number): void {
  process.exitCode = exitCode;
  process.stdout.write('', () => setTimeout(() => process.exit(), GRACE_MS).unref());
}
