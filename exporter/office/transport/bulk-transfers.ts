import type { Connection, Direction } from '../../../core/net/packet-train.ts';
import type { DurationNs, TrueNs } from '../../../core/time/instant.ts';
import { bulkNs, divide, drawMessage, sendBulk, type BulkShape, type Caller, type Message, type Path } from './session.ts';

/** The transfers of one connection, whichever its transport; the message of the next one is always drawn, so that its length is known. */
export class BulkTransfers {
  readonly #caller: Caller;
  readonly #connection: Connection;
  readonly #path: Path;
  readonly #shape: BulkShape;
  #next: Message;

  constructor(caller: Caller, connection: Connection, path: Path, shape: BulkShape) {
    this.#caller = caller;
    this.#connection = connection;
    this.#path = path;
    this.#shape = shape;
    this.#next = drawMessage(caller.details, shape);
  }

  /** The message of the next transfer, taken for something else. */
  take(): Message {
    const message = this.#next;
    this.#next = drawMessage(this.#caller.details, this.#shape);
    return message;
  }

  /** As `Session.transfer`. */
  transfer(direction: Direction, at: TrueNs, octets: number, bitsPerSecond: number): TrueNs {
    const message = this.take();
    const bulk = divide(direction, octets, bitsPerSecond, this.#shape, message);
    return sendBulk(this.#caller.wire, this.#connection, this.#path, direction, at, bulk, this.#shape, message);
  }

  /** As `Session.transferNs`. */
  transferNs(direction: Direction, octets: number, bitsPerSecond: number): DurationNs {
    const bulk = divide(direction, octets, bitsPerSecond, this.#shape, this.#next);
    return bulkNs(direction, bulk, this.#shape, this.#path, this.#next);
  }
}
