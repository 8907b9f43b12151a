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
  /** Why it begins there: nothing was said before, the figure began anew, or a part of the exporter told its share first. */
  readonly firstIs: 'first-said' | 'anew' | 'of-new-scope';
  readonly last: SentStatement;
}

/** What is known where a statement is made. */
interface StatementContext {
  readonly isHeardFromTheStart: boolean;
  readonly hasNewScope: boolean;
}

/** Keeps what one exporter and domain says it sent. */
export class SentStatementLedger {
  #statements: SentStatements | undefined;
  #hasBegunAnew = false;

  /** `undefined` when nothing was said. */
  get statements(): SentStatements | undefined {
    return this.#statements;
  }

  /** What was said is not worth a comparison: it was not of all parts of the exporter. */
  forget(): void {
    this.#statements = undefined;
  }

  /** The exporter has begun anew, and with the next statement the comparison does. */
  beginAnew(): void {
    this.#hasBegunAnew = true;
  }

  /**
   * Not for what a Message says that came out of order. `isHeardFromTheStart`: whether the exporter's first Message was collected, so that its
   * figure begins where ours do. `hasNewScope`: whether a part of the exporter tells its share for the first time: what it sent before we
   * heard of it is in the figure from now on.
   */
  add(statement: SentStatement, { isHeardFromTheStart, hasNewScope }: StatementContext): void {
    const { first, last, firstIs } = this.#statements ?? { first: undefined, last: undefined, firstIs: 'first-said' as const };
    const hasBegunAnew = this.#hasBegunAnew || (last !== undefined && statement.sentFlows < last.sentFlows);
    this.#hasBegunAnew = false;
    if (hasBegunAnew) this.#statements = { first: statement, firstIs: 'anew', last: statement };
    else if (first !== undefined && hasNewScope)
      this.#statements = { first: statement, firstIs: 'of-new-scope', last: statement };
    else this.#statements = { first: last === undefined && !isHeardFromTheStart ? statement : first, firstIs, last: statement };
  }

  /** Flow Records of an earlier Message were decoded only now; `found` units of its sequence numbers are no longer missing. */
  late(sequenceNumber: number, flows: number, found: number): void {
    if (this.#statements === undefined) return;
    const { first, last } = this.#statements;
    const moved = (statement: SentStatement): SentStatement => {
      const { collected } = statement;
      if (!isBefore(sequenceNumber, statement.sequenceNumber)) return statement;
      return { ...statement, collected: { flows: collected.flows + flows, lost: collected.lost - found } };
    };
    const movedLast = moved(last);
    this.#statements = { ...this.#statements, first: first === last ? movedLast : first && moved(first), last: movedLast };
  }
}

/** On the circle of 2^32 numbers. */
export const isBefore = (sequenceNumber: number, other: number): boolean => ((other - sequenceNumber) | 0) > 0;
