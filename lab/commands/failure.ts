import { EXIT } from './exit-codes.ts';

/** Something the caller wrote is wrong; the message is one sentence for the terminal. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit code and text for whatever a command threw. */
export function describeFailure(error: unknown): { exitCode: number; message: string } {
  if (error instanceof UsageError) return { exitCode: EXIT.usage, message: `flowlab: ${error.message}` };
  if (isConfigError(error)) return { exitCode: EXIT.usage, message: error.messages.join('\n') };
  if (!(error instanceof Error)) return { exitCode: EXIT.failure, message: `flowlab: the run failed: ${String(error)}` };
  // The system's own errors say what is wrong by themselves; for ours the place matters.
  const detail = 'code' in error || error.stack === undefined ? error.message : error.stack;
  return { exitCode: EXIT.failure, message: `flowlab: the run failed: ${detail}` };
}

/** An invalid scenario, whichever part found it: one sentence for each mistake. */
const isConfigError = (error: unknown): error is Error & { messages: readonly string[] } =>
  error instanceof Error && 'messages' in error && Array.isArray(error.messages);
