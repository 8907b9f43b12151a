/** What JSON can carry without loss. */
export type PartValue = number | string | boolean;

/** What a run of octets of a datagram is. */
export interface Part {
  /** First octet, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'message' | 'header' | 'set' | 'template' | 'record' | 'field' | 'padding' | 'waiting' | 'fault';
  /** What the standards call it: Set ID, octetDeltaCount. */
  readonly name: string;
  readonly value?: PartValue;
  /** What it means, for whoever has not read the standards. */
  readonly words?: string;
  /** What is so in truth, or that nobody knows: put beside it by whoever has the truth. */
  readonly truth?: string;
  /** Why whoever got it would not have it. */
  readonly wrong?: string;
  /** Of a field of a record: its element, 0 for IANA's registry. */
  readonly element?: { readonly enterpriseNumber: number; readonly elementId: number };
  /** Of a Data Set, a record, a Template Record: its Template. */
  readonly templateId?: number;
  /** Fields that share its octets, the highest bits first. */
  readonly bits?: readonly BitField[];
  /** One after the other, without a gap, from `from` to `to`; absent where nothing more can be told apart. */
  readonly parts?: readonly Part[];
}

/** Some bits of an octet or several. */
export interface BitField {
  readonly name: string;
  /** How many bits it has. */
  readonly width: number;
  readonly value: PartValue;
  readonly words: string;
}

/** Octets that cannot be read, and why. */
export const fault = (from: number, to: number, words: string): Part => ({
  from,
  to,
  kind: 'fault',
  name: 'cannot be read',
  words,
});
