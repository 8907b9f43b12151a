import type { Conversation } from './conversations.ts';

/** How a stored record can differ from the truth. */
export const DIFFERENCE_KINDS = ['MISSING', 'UNEXPECTED', 'DUPLICATED', 'SCALED', 'SPLIT', 'SHIFTED', 'MISATTRIBUTED'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** One thing that is not as it was, named once. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly sentence: string;
  /** Row ids in the store; none when nothing is there. */
  readonly records: readonly number[];
  /** Stored minus true, of the records concerned. */
  readonly packets: number;
  readonly octets: number;
}

/** Packets of a conversation that no record speaks of, in [from, to) of true time. */
export interface Gap {
  readonly conversation: Conversation;
  readonly from: number;
  readonly to: number;
  readonly packets: number;
  readonly octets: number;
}
