import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { MessageStream } from '../../core/ipfix/message-stream.ts';
import type { Datagram } from '../collecting/datagram.ts';

/** What a Collecting Process is to whoever listens. */
export interface MessageTaker {
  /** `payload` may be written over once it returns. */
  handle(datagram: Datagram): void;
  /** What the connection of this source brought is no Message, or none that is whole. */
  issue(issue: IpfixIssue, source: string): void;
  /** The connection of this source is over. */
  endSession(source: string): void;
}

/** The Messages of one TCP or TLS connection, on their way to the Collecting Process (RFC 7011 section 10.4). */
export class StreamedMessages {
  readonly #collecting: MessageTaker;
  readonly #source: string;
  readonly #stream: MessageStream;
  #waitingOctets = 0;
  #isBroken = false;

  /** `source` is the connection's other end, `192.0.2.1:4739`. */
  constructor(collecting: MessageTaker, source: string) {
    this.#collecting = collecting;
    this.#source = source;
    this.#stream = new MessageStream((issue) => {
      this.#isBroken = true;
      collecting.issue(issue, source);
    });
  }

  /** Takes octets and hands on the Messages they made whole. Once broken, nothing after it can be understood. */
  read(octets: Uint8Array, receivedAtUs: number): { messages: number; waitingOctets: number; isBroken: boolean } {
    this.#stream.handle(octets);
    this.#waitingOctets += octets.length;
    let messages = 0;
    for (let message = this.#stream.next(); message !== undefined; message = this.#stream.next()) {
      messages++;
      this.#waitingOctets -= message.length;
      this.#collecting.handle({ payload: message, source: this.#source, receivedAtUs, isReliable: true });
    }
    return { messages, waitingOctets: this.#waitingOctets, isBroken: this.#isBroken };
  }

  /**
   * The connection is over, and with it what the exporter defined on it (RFC 7011 section 8.1). A Message that is not whole is the exporter's fault,
   * unless we ended the connection: why is counted of its listener.
   */
  end(isCutByUs: boolean): void {
    if (!isCutByUs) this.#stream.end();
    this.#collecting.endSession(this.#source);
  }
}
