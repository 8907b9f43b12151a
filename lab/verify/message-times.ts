/** When a Message left its router and when its first copy arrived, in true nanoseconds since the epoch; `undefined` if none did. */
export interface MessageTimes {
  readonly sequenceNumber: number;
  /** Of its header: by the router's clock, since 1970. */
  readonly exportTimeS: number;
  readonly sentNs: number;
  arrivedNs: number | undefined;
  /** How many came. */
  copies: number;
}

/** Where an IPFIX Message has its Export Time and its sequence number (RFC 7011 section 3.1). */
const EXPORT_TIME = 4;
const SEQUENCE_NUMBER = 8;

/**
 * The true times of a router's Messages by their sequence numbers. Messages without Data Records have the number of the next one that
 * has some, so of several the latest is meant: it is the one whose records are asked about.
 */
export class MessageLog {
  readonly #times = new Map<number, MessageTimes>();

  /** A Message leaves; its arrival is to be written into what is returned. */
  left(message: Uint8Array, now: number): MessageTimes {
    const view = new DataView(message.buffer, message.byteOffset);
    const sequenceNumber = view.getUint32(SEQUENCE_NUMBER);
    const exportTimeS = view.getUint32(EXPORT_TIME);
    const times: MessageTimes = { sequenceNumber, exportTimeS, sentNs: now, arrivedNs: undefined, copies: 0 };
    this.#times.set(sequenceNumber, times);
    return times;
  }

  of(sequenceNumber: number): MessageTimes | undefined {
    return this.#times.get(sequenceNumber);
  }
}
