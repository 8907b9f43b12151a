import { describe, expect, test } from 'vitest';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { accountOf } from '../../../collector/counting/account.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';

/** lineCardId and exportedFlowRecordTotalCount. */
const CARD: Template = {
  id: 300,
  scopeFieldCount: 1,
  fields: [141, 42].map((elementId) => ({ enterpriseNumber: 0, elementId, length: 4 })),
};

/** An exporter whose cards have sent so many flows each; in each Message a card may tell what it has sent before. */
class Exporter {
  readonly collecting: CollectingProcess;
  readonly #sent = new Map<number, number>();
  #records: number;
  #number = 0;
  #exportTimeS = 1_772_442_000;

  constructor(sentBefore: Readonly<Record<number, number>> = {}, limits = {}) {
    this.collecting = new CollectingProcess(collectingSchema.parse(limits));
    this.#sent = new Map(Object.entries(sentBefore).map(([card, sent]) => [Number(card), sent]));
    this.#records = [...this.#sent.values()].reduce((sum, sent) => sum + sent, 0);
  }

  /** A Message with flows of a card; those of `telling` tell their totals in it. */
  send(card: number, flows: number, ...telling: number[]): void {
    const told = telling.map((one) => [CARD, [one, this.#sent.get(one) ?? 0]] as const);
    const records = [...told, ...Array.from({ length: flows }, () => flow(++this.#number))];
    const payload = message({ exportTimeS: this.#exportTimeS, sequenceNumber: this.#records, templates: [FLOWS, CARD], records });
    this.collecting.handle({ payload, source: '192.0.2.1:4739', receivedAtUs: this.#exportTimeS * 1e6 });
    this.#records += records.length;
    this.#sent.set(card, (this.#sent.get(card) ?? 0) + flows);
  }

  /** It counts from 0 again, and that took it a minute. */
  restart(): void {
    this.#exportTimeS += 60;
    this.#sent.clear();
    this.#records = 0;
  }

  get account() {
    return accountOf(this.collecting.sessions[0]!);
  }

  get unexplained(): number | undefined {
    return this.account.comparison?.unexplained;
  }
}

const LATER = 'a part of it told its share later than others, and it is compared only from there on';

describe('what line cards say they have sent (RFC 7011 section 4.2)', () => {
  test('is compared from where the last of them spoke first', () => {
    const exporter = new Exporter({ 1: 5_000, 2: 70_000 });
    exporter.send(1, 10);
    exporter.send(1, 10, 1);
    exporter.send(2, 10, 2);
    expect(exporter.account).toMatchObject({ comparison: undefined });
    expect(exporter.account.cannot).toEqual([LATER, 'it has said only once since then how many records it sent']);
    exporter.send(2, 10);
    exporter.send(1, 10, 1, 2);
    expect(exporter.account.comparison).toMatchObject({ sent: 30, unexplained: 0 });
    expect(exporter.account.cannot).toContain(LATER);
  });

  test('is compared from the start when that was heard, however late a card comes', () => {
    const exporter = new Exporter();
    exporter.send(1, 10);
    exporter.send(1, 10, 1);
    exporter.send(2, 10);
    exporter.send(2, 10, 1, 2);
    expect(exporter.account.comparison).toMatchObject({ sent: 30, sentSince: 10, unexplained: 0 });
  });

  test('is no figure when more of them tell it than are added up, and each of those is counted once', () => {
    const exporter = new Exporter({ 1: 5_000, 2: 70_000, 3: 6 }, { maxReportedScopes: 2 });
    exporter.send(1, 10, 1, 2);
    exporter.send(1, 10, 1, 2);
    expect(exporter.unexplained).toBe(0);
    for (let round = 0; round < 3; round++) exporter.send(1, 10, 1, 2, 3);
    expect(exporter.account.session.reported).toEqual({});
    expect(exporter.account).toMatchObject({ comparison: undefined });
    expect(exporter.account.cannot).toEqual(['more parts of it say how many records they sent than are added up (maxReportedScopes)']); // prettier-ignore
    expect(exporter.collecting.counters.refusedScopes).toBe(1);
  });

  test('ends with a restart: cards that are gone do not count any more, and the comparison begins anew', () => {
    const exporter = new Exporter();
    for (let round = 0; round < 200; round++) exporter.send(1, 10, 1, 2);
    exporter.restart();
    exporter.send(1, 10);
    exporter.send(1, 10, 1);
    expect(exporter.account.session).toMatchObject({ restarts: 1, reported: { flows: 10 } });
    exporter.send(1, 10, 1);
    exporter.send(1, 10, 1);
    expect(exporter.account.session.reported).toEqual({ flows: 30 });
    expect(exporter.account.comparison).toMatchObject({ sent: 10, unexplained: 0 });
  });

  test('begins anew after a restart even when the figure has not fallen, and when a card speaks later then', () => {
    const exporter = new Exporter();
    exporter.send(1, 10, 1);
    for (let round = 0; round < 200; round++) exporter.send(1, 10);
    exporter.restart();
    for (let round = 0; round < 5; round++) exporter.send(1, 10);
    exporter.send(2, 10, 1);
    exporter.send(1, 10, 2);
    exporter.send(1, 10, 1, 2);
    expect(exporter.account.session.restarts).toBe(1);
    expect(exporter.account.comparison).toMatchObject({ unexplained: 0 });
    expect(exporter.account.cannot).toContain(LATER);
  });
});
