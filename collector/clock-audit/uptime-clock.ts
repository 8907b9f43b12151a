import { Envelope } from './envelope.ts';
import type { ClockReading } from './clock-reading.ts';

const US_PER_MS = 1e3;
/** What the uptime and the Export Time may go apart from one Message to the next: their fractions, and a clock being set. */
const MAX_APART_US = 5e6;

/**
 * The exporter's clock by way of the milliseconds of its uptime, which NetFlow v5 and v9 tell beside the seconds. The second in which the device was
 * switched on is seen without the network between, `exportTime - uptime`, so that delays blur only the milliseconds.
 */
export class UptimeClock {
  readonly #toWall = new Envelope();
  readonly #toReceipt = new Envelope();
  #uptimeUs = 0;
  #exportTimeUs = 0;
  #receivedAtUs = -Infinity;

  /** `false` when the uptime does not go on from the Message before: this clock tells nothing of what comes. */
  add({ receivedAtUs, exportTimeUs, uptimeMs = 0 }: ClockReading): boolean {
    const isFirst = this.#toWall.points === 0;
    // It begins anew every 2^32 milliseconds.
    const uptimeUs = isFirst ? uptimeMs * US_PER_MS : this.#uptimeUs + this.#stepMs(uptimeMs) * US_PER_MS;
    const apartUs = uptimeUs - this.#uptimeUs - (exportTimeUs - this.#exportTimeUs);
    if (!isFirst && Math.abs(apartUs) > MAX_APART_US) return false;
    const x = Math.max(receivedAtUs, this.#receivedAtUs);
    this.#toWall.add(x, exportTimeUs - uptimeUs);
    this.#toReceipt.add(x, uptimeUs - receivedAtUs);
    [this.#uptimeUs, this.#exportTimeUs, this.#receivedAtUs] = [uptimeUs, exportTimeUs, x];
    return true;
  }

  at(x: number): { offsetUs: number; drift: number; boundUs: number; driftBound: number } {
    const [wall, receipt] = [this.#toWall, this.#toReceipt];
    return {
      offsetUs: wall.heightAt(x) + receipt.heightAt(x),
      drift: wall.slope + receipt.slope,
      boundUs: wall.boundAt(x) + receipt.boundAt(x),
      driftBound: wall.slopeBound + receipt.slopeBound,
    };
  }

  #stepMs(uptimeMs: number): number {
    return (uptimeMs - this.#uptimeUs / US_PER_MS) | 0;
  }
}
