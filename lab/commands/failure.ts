import { ConfigError } from '../../runtime/config/config-error.ts';
import { EXIT } from './exit-codes.ts';

/** Something the caller wrote is wrong; the message is one sentence for the terminal. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit code and text for whatever a command threw. */
export function describeFailure(error: unknown): { exitCode: number; message: string } {
  if (error instanceof UsageError) return { exitCode: EXIT.usage, message: `flowlab: ${error.message}` };
  if (error instanceof ConfigError) return { exitCode: EXIT.usage, message: error.messages.join('\n') };
  if (!(error instanceof Error)) return { exitCode: EXIT.failure, message: `flowlab: the run failed: ${String(error)}` };
  // The system's own errors say what is wrong by themselves; for ours the place matters.
  const detail = 'code' in error || error.stack === undefined ? error.message : error.stack;
  return { exitCode: EXIT.failure, message: `flowlab: the run failed: ${detail}` };
}
