/** When a Message left its router and when its first copy arrived, in true nanoseconds since the epoch; `undefined` if none did. */
export interface MessageTimes {
  readonly sequenceNumber: number;
  readonly sentNs: number;
  arrivedNs: number | undefined;
  /** How many came. */
  copies: number;
}

/** Where an IPFIX Message has its sequence number (RFC 7011 section 3.1). */
const SEQUENCE_NUMBER = 8;

/**
 * The true times of a router's Messages by their sequence numbers. Messages without Data Records have the number of the next one that
 * has some, so of several the latest is meant: it is the one whose records are asked about.
 */
export class MessageLog {
  readonly #times = new Map<number, MessageTimes>();

  /** A Message leaves; its arrival is to be written into what is returned. */
  left(message: Uint8Array, now: number): MessageTimes {
    const sequenceNumber = new DataView(message.buffer, message.byteOffset).getUint32(SEQUENCE_NUMBER);
    const times: MessageTimes = { sequenceNumber, sentNs: now, arrivedNs: undefined, copies: 0 };
    this.#times.set(sequenceNumber, times);
    return times;
  }

  of(sequenceNumber: number): MessageTimes | undefined {
    return this.#times.get(sequenceNumber);
  }
}
