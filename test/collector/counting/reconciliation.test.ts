import { describe, expect, it } from 'vitest';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { accountOf } from '../../../collector/counting/account.ts';
import { reconciliationLines } from '../../../collector/counting/account-table.ts';
import type { CollectorCounts } from '../../../collector/counting/collector-counts.ts';
import { reconcile } from '../../../collector/counting/reconciliation.ts';
import { Random } from '../../../core/random/random.ts';
import { arrivalsOf, send, type SendOptions, type Sent, type Wire, type WireProtocol } from './lossy-wire.ts';

const SOURCE = '198.51.100.1:4739';
const FAULTY = { lost: 0.05, doubled: 0.05, heldBack: 0.05 };
const SENDING = { messages: 200, templateEvery: 20, statementEvery: 15, countsOwn: false };
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed + 1);

interface Run {
  readonly collecting: CollectingProcess;
  readonly sent: readonly Sent[];
  /** Numbers of Messages that arrived, and of those up to the last of them that did not. */
  readonly arrived: ReadonlySet<number>;
  readonly missing: readonly number[];
  readonly copies: number;
}

/** One exporter, a wire with the faults, and the Collecting Process at its end. */
function run(protocol: WireProtocol, seed: number, sending: SendOptions, wire: Wire): Run {
  const random = new Random(seed);
  const sent = send(protocol, random.fork('exporter'), sending);
  const arrivals = arrivalsOf(sent.length, random.fork('wire'), wire);
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  for (const index of arrivals) {
    collecting.handle({ payload: (sent[index] as Sent).payload, source: SOURCE, receivedAtUs: 1_772_442_000_000_000 });
  }
  const arrived = new Set(arrivals);
  const [first, last] = [Math.min(...arrivals), Math.max(...arrivals)];
  const missing = sent.map((_, index) => index).filter((index) => index > first && index < last && !arrived.has(index));
  return { collecting, sent, arrived, missing, copies: arrivals.length - arrived.size };
}

function decodedFlows(collecting: CollectingProcess): number[] {
  collecting.flush();
  const flows: number[] = [];
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll())
    flows.push(...batch.octetDeltaCount.subarray(0, batch.length));
  return flows.sort((one, other) => one - other);
}

const countsOf = ({ counters, sessions, forgotten }: CollectingProcess): CollectorCounts => ({
  ...counters,
  sessions,
  forgotten,
  intake: undefined,
});

const flowsOf = (sent: readonly Sent[], indexes: Iterable<number>): number[] =>
  [...indexes].flatMap((index) => sent[index]?.flows ?? []);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe.each(['ipfix', 'netflow-v9', 'netflow-v5'] as const)('%s over a wire that loses, doubles and holds back', (protocol) => {
  it('has every record in one bin, and the bins are the truth', () => {
    for (const seed of SEEDS) {
      const { collecting, sent, arrived, missing, copies } = run(protocol, seed, SENDING, FAULTY);
      const [session] = collecting.sessions;
      expect(session).toMatchObject({
        protocol,
        messages: arrived.size,
        duplicatedMessages: copies,
        waitingSets: 0,
        restarts: 0,
      });
      expect(decodedFlows(collecting)).toEqual(flowsOf(sent, arrived).sort((one, other) => one - other));
      expect(session?.flowRecords).toBe(flowsOf(sent, arrived).length);
      const lost = protocol === 'netflow-v9' ? missing.length : sum(missing.map((index) => countOf(sent[index])));
      expect([seed, session?.lost]).toEqual([seed, lost]);
    }
  });

  it('is explained by what the exporter says, to the last record', () => {
    if (protocol === 'netflow-v5') return;
    let compared = 0;
    for (const seed of SEEDS) {
      const { collecting, sent, arrived, missing } = run(protocol, seed, SENDING, FAULTY);
      const account = accountOf(collecting.sessions[0]!);
      const { comparison } = account;
      if (comparison === undefined) continue;
      compared++;
      const { sent: told, sentSince, decoded, lost, waiting, lostOthers, unexplained } = comparison;
      expect(told + sentSince).toBe(decoded + lost + waiting + unexplained);
      expect([seed, unexplained, waiting]).toEqual([seed, 0, 0]);
      if (!arrived.has(0) || !arrived.has(sent.length - 1)) continue;
      const lostFlows = flowsOf(sent, missing).length;
      // Its last Message said so, if nothing it had overtaken came after it.
      expect([seed, decoded, lost]).toEqual([seed, flowsOf(sent, arrived).length, lostFlows]);
      if (protocol === 'ipfix') expect(lostOthers).toBe(sum(missing.map((index) => sent[index]?.options ?? 0)));
      expect(told + sentSince).toBe(sum(sent.map(({ flows }) => flows.length)));
    }
    expect(compared).toBeGreaterThan(30);
  });
});

const countOf = (message: Sent | undefined): number => (message === undefined ? 0 : message.flows.length + message.options);

describe('what is told', () => {
  const told = (protocol: WireProtocol, sending: SendOptions, wire: Wire, seed = 1) => {
    const { collecting } = run(protocol, seed, sending, wire);
    const intake = {
      datagrams: 0,
      waitingDatagrams: 0,
      refusedDatagrams: 0,
      kernelDrops: 12,
      askedBufferOctets: 4_194_304,
      gotBufferOctets: 425_984,
    };
    const { counters, sessions, forgotten } = collecting;
    return reconcile({ ...counters, sessions, forgotten, intake });
  };

  it('names what an exporter counts into its own Message as no riddle', () => {
    const { accounts } = told('ipfix', { ...SENDING, countsOwn: true }, { lost: 0.05, doubled: 0, heldBack: 0 });
    expect(accounts[0]?.comparison).toMatchObject({ unexplained: 0 });
  });

  it('says where records went, by the figures of everybody', () => {
    const { sentences, accounts } = told('ipfix', SENDING, FAULTY);
    const { comparison, session } = accounts[0]!;
    expect(sentences[0]).toMatch(
      /^198\.51\.100\.1:4739, domain 1: sent [\d,]+ by its own word(?: and \d+ since)?; [\d,]+ decoded; \d+ lost on the way by sequence numbers(?:, and \d+ records? its word leaves out)? \(of these up to 12 datagrams in the kernel's buffer\); 0 unexplained; \d+ Messages came twice; \d+ out of order/,
    );
    expect(session.lost).toBe((comparison?.lost ?? 0) + (comparison?.lostOthers ?? 0));
    expect(sentences.at(-1)).toBe(
      'the kernel dropped 12 datagrams of all exporters for want of buffer: 4,194,304 octets asked for, 425,984 octets got',
    );
  });

  it('does not count records of Sets without a Template as explained by nothing', () => {
    const { sentences } = told('netflow-v9', { ...SENDING, templateEvery: 100_000 }, { lost: 0, doubled: 0, heldBack: 0 });
    expect(sentences[0]).toContain('0 unexplained');
    const late = run('netflow-v9', 1, { ...SENDING, messages: 30 }, { lost: 0, doubled: 0, heldBack: 0 });
    const withoutTemplate = new CollectingProcess(collectingSchema.parse({}));
    for (const { payload } of late.sent.slice(1, 15))
      withoutTemplate.handle({ payload, source: SOURCE, receivedAtUs: 1_772_442_000_000_000 });
    const account = accountOf(withoutTemplate.sessions[0]!);
    expect(account.session.waitingSets).toBeGreaterThan(0);
    expect(account.comparison).toBeUndefined();
    expect(account.cannot).toEqual(['it does not say itself how many records it sent']);
  });

  it('is a table with whoever sent most first, and nothing while there is nothing to tell', () => {
    const plain = run('netflow-v5', 1, SENDING, { lost: 0, doubled: 0, heldBack: 0 }).collecting;
    expect(reconciliationLines(reconcile(countsOf(plain)))).toEqual([]);
    const lines = reconciliationLines(told('netflow-v9', SENDING, FAULTY));
    expect(lines[0]).toMatch(/^EXPORTER +DOMAIN +PROTOCOL +MESSAGES +RECORDS +LOST/);
    expect(lines[1]).toMatch(/^198\.51\.100\.1:4739 +1 +netflow-v9 +\d+ +\d+ +\d+ Messages/);
  });

  it('tells what came over connections that have ended', () => {
    const collecting = new CollectingProcess(collectingSchema.parse({}));
    const sent = send('ipfix', new Random(1), { ...SENDING, messages: 10 });
    for (const { payload } of sent.filter((_, index) => index !== 5))
      collecting.handle({ payload, source: SOURCE, receivedAtUs: 1_772_442_000_000_000, isReliable: true });
    const [session] = collecting.sessions;
    expect(session?.lost).toBeGreaterThan(0);
    collecting.endSession(SOURCE);
    expect(reconcile(countsOf(collecting)).sentences).toEqual([
      `from exporters that are forgotten and connections that have ended: ${session?.dataRecords} records decoded in 9 Messages; ${session?.lost} records lost`,
    ]);
    expect(reconciliationLines(reconcile(countsOf(collecting)))).toHaveLength(1);
  });
});
