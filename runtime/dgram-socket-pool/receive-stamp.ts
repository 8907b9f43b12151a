/**
 * Microseconds since 1970 that never go back: the system's date at the start, carried on by the monotonic clock. A step of
 * the system's clock does not show until the next start.
 */
export function receiveStamps(): () => number {
  const startUs = Date.now() * 1_000;
  const startedAtMs = performance.now();
  return () => startUs + Math.floor((performance.now() - startedAtMs) * 1_000);
}
