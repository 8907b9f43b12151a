/** How long a finished command may be kept alive by something left open. */
const GRACE_MS = 2_000;

/** A reader that has gone (`flowlab … | head`) is no failure. */
export function guardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

/** Ends the process once standard output has been written; the event loop gets `GRACE_MS` to run empty by itself. */
export function finish(exitCode: number): void {
  process.exitCode = exitCode;
  process.stdout.write('', () => setTimeout(() => process.exit(), GRACE_MS).unref());
}
