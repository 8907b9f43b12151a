/** Records of an exporter up to some Message; what a Message sent before it that comes late is moved here from the lost. */
export interface CollectedUntil {
  /** Flow Records decoded. */
  readonly flows: number;
  /** Missing by sequence numbers, in their unit. */
  readonly lost: number;
}

/** How many Flow Records an exporter says it has sent (element 42, RFC 7011 section 4.1), and what that is to be held against. */
export interface SentStatement {
  readonly sentFlows: number;
  /** Of the Message that said so. */
  readonly sequenceNumber: number;
  readonly collected: CollectedUntil;
  /** Flow Records in that Message itself, which the exporter may have counted already; `collected` leaves them out. */
  readonly flowsBeside: number;
}

/** How many Flow Records an exporter has said it sent. */
export interface SentStatements {
  /** Where the comparison begins; `undefined`: where the exporter began, because it was heard from its first Message on. */
  readonly first: SentStatement | undefined;
  readonly last: SentStatement;
  /** How often its figure began anew. */
  readonly restarts: number;
}

/** Keeps what one exporter and domain says it sent. */
export class SentStatementLedger {
  #statements: SentStatements | undefined;

  /** `undefined` when nothing was said. */
  get statements(): SentStatements | undefined {
    return this.#statements;
  }

  /**
   * Not for what a Message says that came out of order. `isHeardFromTheStart`: whether the exporter's first Message was collected, so that its
   * figure begins where ours do.
   */
  add(statement: SentStatement, isHeardFromTheStart: boolean): void {
    const { first, last, restarts } = this.#statements ?? { first: undefined, last: undefined, restarts: 0 };
    const beganAnew = last !== undefined && statement.sentFlows < last.sentFlows;
    const isBegin = beganAnew || (last === undefined && !isHeardFromTheStart);
    this.#statements = { first: isBegin ? statement : first, last: statement, restarts: restarts + (beganAnew ? 1 : 0) };
  }

  /** Flow Records of an earlier Message were decoded only now; `found` units of its sequence numbers are no longer missing. */
  late(sequenceNumber: number, flows: number, found: number): void {
    if (this.#statements === undefined) return;
    const { first, last, restarts } = this.#statements;
    const moved = (statement: SentStatement): SentStatement => {
      const { collected } = statement;
      if (!isBefore(sequenceNumber, statement.sequenceNumber)) return statement;
      return { ...statement, collected: { flows: collected.flows + flows, lost: collected.lost - found } };
    };
    const movedLast = moved(last);
    this.#statements = { first: first === last ? movedLast : first && moved(first), last: movedLast, restarts };
  }
}

/** On the circle of 2^32 numbers. */
const isBefore = (sequenceNumber: number, other: number): boolean => ((other - sequenceNumber) | 0) > 0;
