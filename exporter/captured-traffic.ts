import type { CapturedFrame } from '../core/net/capture/captured-frame.ts';
import { PacketParser } from '../core/net/packet/packet-parser.ts';
import type { PacketView, Parsed } from '../core/net/packet/packet-view.ts';
import { NS_PER_MS, NS_PER_S, trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import type { Router } from './router.ts';

/** Why a packet of a capture is in no Flow Record. */
export type Passed =
  | Exclude<Parsed, 'ip'>
  /** The router translates IPv4 alone. */
  | 'untranslated'
  /** Both ends are on the same side of the router. */
  | 'not-across'
  /** The router found no port for it, or no mapping let it in. */
  | 'refused';

/** What captured packets are shown to: a monitor, or a router with its monitor behind it. */
export interface PacketPath {
  readonly exported: Router['exported'];
  /** A packet passes at `now`. Returns `metered`, or why it is not. */
  packet(now: TrueNs, view: PacketView): 'metered' | Passed;
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
  readonly counts = {
    packets: 0,
    ipv4: 0,
    ipv6: 0,
    /** IP octets of the packets that were metered. */
    octets: 0,
    /** Packets with a time before that of the packet before them, or beyond reach; the one before gives theirs. */
    strangeTimes: 0,
    passed: new Map<Passed, number>(),
  };
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
    const result = parsed === 'ip' ? this.#path.packet(now, view) : parsed;
    if (parsed === 'ip') {
      if (view.ipVersion === 4) counts.ipv4++;
      else counts.ipv6++;
    }
    if (result === 'metered') counts.octets += view.octets;
    else counts.passed.set(result, (counts.passed.get(result) ?? 0) + 1);
  }
}
