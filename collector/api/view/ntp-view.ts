import type { Part } from '../../../core/bytes/part.ts';
import type { ExchangeView } from './clocks-view.ts';
import type { PageTurns } from './numbered-page.ts';

/** An NTP packet in the list, as it left its client or reached it. */
export interface NtpPacketView {
  readonly index: number;
  /** In truth, milliseconds since 1970. */
  readonly atMs: number;
  /** What the client's clock is in: `router`, `collector`. */
  readonly client: string;
  readonly server: string;
  readonly way: 'request' | 'reply';
  readonly octets: number;
  /**
   * Of a request `answered`, or `unanswered` as long as no reply has come. Of a reply `accepted` or `rejected`; `unknown` where nobody
   * wrote down what the client did.
   */
  readonly state: 'answered' | 'unanswered' | 'accepted' | 'rejected' | 'unknown';
  /** Of a reply: `step`, `slew` or `none`, else why it was rejected. */
  readonly outcome?: string;
  /** Of a reply: what it says the client's clock lacks. */
  readonly offsetMs?: number;
}

/** Topic `ntp`: the packets of all SNTP clients of a run. */
export interface NtpView {
  /** Packets since the beginning; the oldest of them are not kept. */
  readonly count: number;
  /** All whose packets are kept, to choose from. */
  readonly clients: readonly string[];
  readonly servers: readonly string[];
  /** The newest first, of those that were asked for. */
  readonly packets: readonly NtpPacketView[];
  readonly turns: PageTurns;
  /** Where the list has no older ones though there were some: which are kept. */
  readonly end?: string;
  /** The one that is taken apart, as long as it is kept. */
  readonly packet?: {
    readonly head: NtpPacketView;
    readonly hex: string;
    readonly tree: Part;
    /** What became of it, in a sentence. */
    readonly verdict: string;
    /** Numbers of the request it answers, or of the replies to it. */
    readonly request?: number;
    readonly replies: readonly number[];
    /** The exchange it is part of, with its four times. */
    readonly exchange?: ExchangeView;
  };
}
