import type { DurationNs } from '../../core/time/instant.ts';
import type { LeapKind } from './config.ts';

/** How one reply will be: faults change it before it is written. */
export interface ReplyPlan {
  /** What the time told is fast, beside the error of the clock itself. */
  offsetNs: DurationNs;
  /** The leap second that is announced, if any. */
  leap: LeapKind | undefined;
  isSynchronised: boolean;
  /** Whether root delay and root dispersion are claimed to be nothing. */
  isConfident: boolean;
  /** How long ago the reference clock was read; `undefined` while it is read as it should be. */
  referenceAgeNs: DurationNs | undefined;
  /** The kiss code that takes the place of the time. */
  kiss: string | undefined;
  isSilent: boolean;
  /** Bits of the origin timestamp that are turned over. */
  originMask: bigint;
}

/** A reply nothing is wrong with. */
export const soundReply = (): ReplyPlan => ({
  offsetNs: 0,
  leap: undefined,
  isSynchronised: true,
  isConfident: false,
  referenceAgeNs: undefined,
  kiss: undefined,
  isSilent: false,
  originMask: 0n,
});
