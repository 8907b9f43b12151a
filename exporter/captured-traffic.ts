import type { CapturedFrame } from '../core/net/capture/captured-frame.ts';
import { PacketParser } from '../core/net/packet/packet-parser.ts';
import type { PacketView } from '../core/net/packet/packet-view.ts';
import { NS_PER_MS, NS_PER_S, trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import type { CaptureCounts } from './capture-counts.ts';
import type { Router } from './router.ts';

/** What captured packets are shown to: a monitor, or a router with its monitor behind it. */
export interface PacketPath {
  readonly exported: Router['exported'];
  readonly counts: CaptureCounts;
  /** A packet passes at `now`; what comes of it is counted. */
  packet(now: TrueNs, view: PacketView): void;
  nextTimeout(): TrueNs;
  handleTimeout(now: TrueNs): void;
  /** Ends flows as on shutdown, as many as fill a few Messages. Returns whether none is left; else it is to be called again. */
  flush(now: TrueNs): boolean;
  /** A connection to the collector was opened anew. */
  beginSession(now: TrueNs): void;
  poll(): Uint8Array | undefined;
}

/** When a frame was captured, in whole milliseconds since 1970: what the timescale of a capture begins with. */
export const epochOf = ({ timeS, timeNs }: CapturedFrame): Epoch => ({
  unixMs: timeS * 1_000 + Math.floor(timeNs / NS_PER_MS),
});

/** The packets of a capture, shown to a path in the order they come. Time is what the capture says, and never runs back. */
export class CapturedTraffic {
  now: TrueNs = trueNs(0);
  readonly #path: PacketPath;
  readonly #epochS: number;
  readonly #epochNs: number;
  readonly #parser = new PacketParser();

  constructor(path: PacketPath, epoch: Epoch) {
    this.#path = path;
    this.#epochS = Math.floor(epoch.unixMs / 1_000);
    this.#epochNs = (epoch.unixMs % 1_000) * NS_PER_MS;
  }

  get counts(): CaptureCounts {
    return this.#path.counts;
  }

  /** When the frame passes. */
  timeOf({ timeS, timeNs }: CapturedFrame): TrueNs {
    const at = (timeS - this.#epochS) * NS_PER_S + timeNs - this.#epochNs;
    if (at >= this.now && at <= Number.MAX_SAFE_INTEGER) return trueNs(at);
    this.counts.strangeTimes++;
    return this.now;
  }

  /** The frame passes at `now`; what is due before it must have been done. */
  handle(now: TrueNs, frame: CapturedFrame): void {
    const { counts } = this;
    const { view } = this.#parser;
    this.now = now;
    counts.packets++;
    const parsed = this.#parser.parse(frame);
    if (parsed !== 'ip') return counts.pass(parsed);
    if (view.ipVersion === 4) counts.ipv4++;
    else counts.ipv6++;
    this.#path.packet(now, view);
  }
}
