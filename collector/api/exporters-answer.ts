import type { Account } from '../counting/account.ts';
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
    skew,
    ...counts
  } = session;
  const clock = skew === undefined ? null : { aheadMs: skew.skewMs, messages: skew.messages };
  return {
    exporter: source,
    domain: observationDomainId,
    ...counts,
    clock,
    comparison: comparison ?? null,
    cannotReconcile: cannot,
  };
}
