import type { MessageContext } from './message-context.ts';

/** What falls or moves by more than this is no overtaken datagram and no clock that was set right. */
const RESTART_MS = 60_000;
const US_PER_MS = 1e3;

/** The wrap of 2^32 milliseconds after 49.7 days is a small step on the circle. */
const stepMs = (from: number, to: number): number => (to - from) | 0;

/**
 * Tells by sysUptime that a device was switched on anew. A datagram that only came late says of an earlier time that the uptime was less
 * then; by both clocks of its header (RFC 3954 section 5.1) the device began when it always did. sFlow has one clock alone.
 */
export class ExporterUptime {
  #uptimeMs: number | undefined;
  #beganAtMs = 0;

  /** For each Message once. */
  hasBegunAnew({ uptimeMs, exportTimeUs }: MessageContext): boolean {
    if (uptimeMs === undefined) return false;
    const before = this.#uptimeMs;
    const beganAtMs = exportTimeUs / US_PER_MS - uptimeMs;
    const hasFallen = before !== undefined && stepMs(before, uptimeMs) < -RESTART_MS;
    if (hasFallen && Math.abs(stepMs(this.#beganAtMs, beganAtMs)) <= RESTART_MS) return false;
    this.#uptimeMs = uptimeMs;
    this.#beganAtMs = beganAtMs;
    return hasFallen;
  }
}
