import type { Socket } from 'node:net';
import type { EndReason } from './stream-stats.ts';

/** What became of some octets of a stream. */
export interface Reading {
  /** Messages that are whole now. */
  readonly messages: number;
  /** Octets kept of one that is not. */
  readonly waitingOctets: number;
  /** Nothing after this can be understood. */
  readonly isBroken: boolean;
}

/** Cuts the octets of one connection into Messages. */
export interface StreamReader {
  /** `octets` are not to be changed. `receivedAtUs`: microseconds since 1970. */
  read(octets: Uint8Array, receivedAtUs: number): Reading;
  /** There will be no more. `isCutByUs`: we ended the connection; the other side might have had more to say. */
  end(isCutByUs: boolean): void;
}

export interface ConnectionLimits {
  /** Milliseconds without a Message. */
  readonly idleTimeoutMs: number;
  /** Milliseconds from a Message's first octet to its last: one octet at a time does not hold a connection open. */
  readonly messageTimeoutMs: number;
}

/** One connection: its octets go to the reader, and it ends for one reason. */
export class Connection {
  /** Octets of a Message that is not whole; as they were before the last ones when the connection is over. */
  waitingOctets = 0;
  readonly #socket: Socket;
  readonly #reader: StreamReader;
  readonly #limits: ConnectionLimits;
  readonly #onEnd: (reason: EndReason) => void;
  #timer: NodeJS.Timeout;
  #isOver = false;
  /** Whether the listener has ended our side. */
  #isClosing = false;

  constructor(socket: Socket, reader: StreamReader, limits: ConnectionLimits, onEnd: (reason: EndReason) => void) {
    this.#socket = socket;
    this.#reader = reader;
    this.#limits = limits;
    this.#onEnd = onEnd;
    this.#timer = this.#startTimer();
    let failed = false;
    socket.on('error', () => (failed = true));
    socket.on('end', () => this.#finish(this.#isClosing ? 'listener-closed' : 'ended'));
    socket.on('close', () => this.#finish(this.#isClosing ? 'listener-closed' : failed ? 'aborted' : 'ended'));
  }

  /** Takes octets that came. Returns how many Messages they made whole. */
  handle(octets: Uint8Array, receivedAtUs: number): number {
    if (this.#isOver) return 0;
    const waitedBefore = this.waitingOctets > 0;
    const { messages, waitingOctets, isBroken } = this.#reader.read(octets, receivedAtUs);
    if (isBroken) {
      this.close('malformed');
      return messages;
    }
    this.waitingOctets = waitingOctets;
    if (!this.#isClosing && (messages > 0 || !waitedBefore)) {
      clearTimeout(this.#timer);
      this.#timer = this.#startTimer();
    }
    return messages;
  }

  /** Ends the connection at once. */
  close(reason: EndReason): void {
    this.#finish(reason);
    this.#socket.destroy();
  }

  /** Ends our side, as RFC 7011 section 10.4.4 asks; what the other side still has to say is read for `graceMs`. */
  closeGently(graceMs: number): void {
    if (this.#isClosing || this.#isOver) return;
    this.#isClosing = true;
    this.#socket.end();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close('listener-closed'), graceMs);
  }

  #startTimer(): NodeJS.Timeout {
    const { messageTimeoutMs, idleTimeoutMs } = this.#limits;
    return this.waitingOctets > 0
      ? setTimeout(() => this.close('message-too-slow'), messageTimeoutMs)
      : setTimeout(() => this.close('idle'), idleTimeoutMs);
  }

  #finish(reason: EndReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#reader.end(reason !== 'ended' && reason !== 'aborted');
    this.#onEnd(reason);
  }
}
