import { OctetQueue } from '../net/capture/octet-queue.ts';
import type { IpfixIssue } from './message-reader.ts';

const VERSION = 10;
const HEADER_LENGTH = 16;

/** Cuts a stream of IPFIX Messages, of a file (RFC 5655 section 5.1) or over TCP (RFC 7011 section 10.4), into Messages. */
export class MessageStream {
  /** Octets behind something that is no Message, after which nothing can be found. */
  unreadOctets = 0;
  readonly #queue = new OctetQueue();
  readonly #onIssue: (issue: IpfixIssue) => void;
  #isLost = false;

  constructor(onIssue: (issue: IpfixIssue) => void) {
    this.#onIssue = onIssue;
  }

  /** More octets of the stream; they must not be changed until `next` has returned `undefined`. */
  handle(octets: Uint8Array): void {
    if (this.#isLost) this.unreadOctets += octets.length;
    else this.#queue.append(octets);
  }

  /** The next Message, or `undefined` when more octets are needed for it. */
  next(): Uint8Array | undefined {
    const queue = this.#queue;
    if (this.#isLost || queue.length < HEADER_LENGTH) return undefined;
    const version = queue.view.getUint16(queue.from);
    const length = queue.view.getUint16(queue.from + 2);
    if (version !== VERSION || length < HEADER_LENGTH) {
      return this.#giveUp('stream-lost', `version ${version} and length ${length} begin no Message`);
    }
    if (queue.length < length) return undefined;
    const message = queue.octets.subarray(queue.from, queue.from + length);
    queue.consume(length);
    return message;
  }

  /** The stream has ended. */
  end(): void {
    if (!this.#isLost && this.#queue.length > 0) this.#giveUp('stream-cut', 'the last Message is not whole');
  }

  #giveUp(code: string, detail: string): undefined {
    this.#isLost = true;
    this.unreadOctets += this.#queue.length;
    this.#onIssue({ code, offset: this.#queue.position, detail });
    this.#queue.consume(this.#queue.length);
    return undefined;
  }
}
