import type { MessageContext } from './message-context.ts';
import { ReportedScopes } from './reported-scopes.ts';
import { SentStatementLedger, type SentStatements } from './sent-statements.ts';
import type { SequenceVerdict } from './sequence-tracker.ts';
import type { ReportedTotals } from './session-summary.ts';

/** What one exporter and domain says of itself. How many Flow Records it says it sent is held against what was collected by the Message that says so. */
export class OwnWord {
  readonly #scopes: ReportedScopes;
  readonly #sent = new SentStatementLedger();
  /** `totals.flows` as it was when a Message was settled last. */
  #flowsTold: number | undefined;
  /** Flow Records of the Messages that are settled. */
  #flowsSettled = 0;
  /** Whether that was its first, and it has not begun anew since. */
  #isHeardFromTheStart = false;
  #hasBegunAnew = false;
  #hasNewScope = false;
  /** Number of the latest Message that fitted nowhere. */
  #suspect = 0;

  constructor(maxReportedScopes: number) {
    this.#scopes = new ReportedScopes(maxReportedScopes);
  }

  /** What it said last, of all its parts. */
  get totals(): ReportedTotals {
    return this.#scopes.totals;
  }

  get incompleteTotals(): readonly (keyof ReportedTotals)[] {
    return this.#scopes.incomplete;
  }

  /** `undefined` when nothing was said. */
  get statements(): SentStatements | undefined {
    return this.#sent.statements;
  }

  /** Takes what a scope tells in a Message. Returns whether it is one of too many, once for each scope and total. */
  learn(total: keyof ReportedTotals, kind: string, scope: string, value: number, message: MessageContext): boolean {
    const news = this.#scopes.learn(total, kind, scope, value, message);
    if (total === 'flows' && news === 'new') this.#hasNewScope = true;
    if (total === 'flows' && news === 'refused') this.#sent.forget();
    return news === 'refused';
  }

  /** The exporter has begun anew with the Message that is settled next, or with the one that fitted nowhere before it. */
  beginAnew(message: MessageContext, verdict?: SequenceVerdict): void {
    this.#hasBegunAnew = true;
    this.#isHeardFromTheStart = false;
    this.#scopes.forgetBefore(verdict === 'restart' ? this.#suspect : message.index);
    this.#sent.beginAnew();
  }

  /**
   * All that could be counted in the Message is. `found`: units of its sequence numbers that are no longer missing because it came; `collected` and
   * `lost`: Flow Records with its own, and units missing. Only what a Message says that nothing overtook is a statement.
   */
  settle(
    { sequenceNumber, index }: MessageContext,
    verdict: SequenceVerdict,
    found: number,
    collected: number,
    lost: number,
  ): void {
    const flowsBeside = collected - this.#flowsSettled;
    const { flows } = this.totals;
    if (verdict === 'suspect') this.#suspect = index;
    else if (verdict !== 'late') this.#isHeardFromTheStart ||= !this.#hasBegunAnew && sequenceNumber === 0;
    if (verdict === 'reordered') this.#sent.late(sequenceNumber, flowsBeside, found);
    // What the Message before a restart said is not to be told from what this one says.
    const isStatement = (verdict === 'in-order' || verdict === 'gap') && flows !== this.#flowsTold;
    if (isStatement && flows !== undefined) {
      const until = { flows: this.#flowsSettled, lost };
      const statement = { sentFlows: flows, sequenceNumber, collected: until, flowsBeside };
      this.#sent.add(statement, { isHeardFromTheStart: this.#isHeardFromTheStart, hasNewScope: this.#hasNewScope });
      this.#hasNewScope = false;
    }
    this.#flowsTold = flows;
    this.#flowsSettled = collected;
  }

  /** Flow Records of a settled Message that were decoded only now; `found` units of its sequence numbers are no longer missing. */
  settleLate({ sequenceNumber }: MessageContext, flows: number, found: number): void {
    this.#flowsSettled += flows;
    this.#flowsTold = this.totals.flows;
    this.#sent.late(sequenceNumber, flows, found);
  }
}
