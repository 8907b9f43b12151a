/** The Message a Data Set came in, as far as its records need it. */
export interface MessageContext {
  readonly exportTimeS: number;
  readonly sequenceNumber: number;
  readonly receivedAtUs: number;
  /** Data Records of the Message counted so far. */
  counted: number;
  /** Whether the sequence numbers know of `counted`; until then it can still grow. */
  settled: boolean;
}
