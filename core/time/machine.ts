import type { TrueNs } from './instant.ts';

/**
 * The contract of every protocol machine (an exporter, a client, a collector): time is an argument, timers are data. The
 * same machine runs under the virtual-time kernel and on real sockets; the driver asks `nextTimeout` when to call again.
 */
export interface Machine<Input, Output> {
  /** Takes one input at `now`. Instants never go backwards. */
  handle(now: TrueNs, input: Input): void;
  /** Does what has become due by `now`. Calling it too early is a safe no-op. */
  handleTimeout(now: TrueNs): void;
  /** When `handleTimeout` has work to do, or `undefined` when only input can wake the machine. */
  nextTimeout(): TrueNs | undefined;
  /** The next output, or `undefined` when there is none for now. */
  poll(): Output | undefined;
}
