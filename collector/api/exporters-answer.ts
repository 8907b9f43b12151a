import type { Account } from '../counting/account.ts';
import { clockClauses } from '../clock-audit/clock-sentence.ts';
import type { ClockSummary } from '../clock-audit/exporter-clock.ts';
import type { Reconciliation } from '../counting/reconciliation.ts';

/** What `/api/exporters` answers: what was counted of each exporter and domain, and where its records went. */
export function exportersAnswer({ accounts, sentences, intake }: Reconciliation): object {
  return {
    exporters: accounts.map((account, index) => ({ ...exporter(account), sentence: sentences[index] })),
    intake: intake === undefined ? null : { ...intake, kernelDrops: intake.kernelDrops ?? null },
    sentences: sentences.slice(accounts.length),
  };
}

function exporter({ session, comparison, cannot }: Account): object {
  const {
    source,
    observationDomainId,
    lostRecords: _records,
    lostMessages: _messages,
    sentStatements: _sent,
    clock,
    ...counts
  } = session;
  return {
    exporter: source,
    domain: observationDomainId,
    ...counts,
    clock: clockAnswer(clock),
    comparison: comparison ?? null,
    cannotReconcile: cannot,
  };
}

/** The clock at the last Message, and the stretches in which it ran straight, each of which corrects the times in it. */
function clockAnswer(clock: ClockSummary): object {
  const { estimate, ...counts } = clock;
  return {
    ...counts,
    now: estimate?.now ?? null,
    doubts: estimate?.doubts ?? [],
    segments: estimate?.segments ?? [],
    sentence: clockClauses(clock).join('; '),
  };
}
