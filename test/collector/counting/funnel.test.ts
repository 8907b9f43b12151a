import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { pipelineView } from '../../../collector/api/view/pipeline-view.ts';
import { collectorFunnel } from '../../../collector/counting/collector-funnel.ts';
import {
  remaindersOf,
  STAGES,
  sumOfFunnels,
  UNITS,
  type Amounts,
  type Branch,
  type Funnel,
  type Stage,
  type StageName,
} from '../../../collector/counting/funnel.ts';
import { Random } from '../../../core/random/random.ts';
import { arrivalsOf, send } from './lossy-wire.ts';

const NOTHING = { faults: {}, sets: { waiting: 0, givenUp: 0 } };
const BETWEEN = STAGES.slice(0, -1);
const amount = fc.integer({ min: 0, max: 1e9 });
const leaks = fc.array(
  fc.record({
    after: fc.constantFrom(...BETWEEN),
    way: fc.constantFrom('out' as const, 'in' as const),
    amounts: fc.record(Object.fromEntries(UNITS.map((unit) => [unit, amount])), { requiredKeys: [] }),
  }),
  { maxLength: 8 },
);

/** A way on which every sum comes out even: what stages tell is worked out from the last to the first. `told`: which units they do tell. */
const evenFunnel = fc
  .tuple(
    leaks,
    fc.array(amount, { minLength: 7, maxLength: 7 }),
    fc.array(fc.subarray([...UNITS]), { minLength: 8, maxLength: 8 }),
  )
  .map(([drawn, ends, told]): Funnel => {
    const branches = drawn.map((one): Branch => ({ ...one, name: 'lost', sure: 'exact' }));
    const stages = STAGES.map((name, place): Stage => {
      const amounts = Object.fromEntries(
        told[place]!.map((unit) => {
          const later = branches.filter(({ after }) => STAGES.indexOf(after) >= place);
          const left = later.reduce((sum, { way, amounts: of }) => sum + (way === 'out' ? 1 : -1) * (of[unit] ?? 0), 0);
          return [unit, ends[UNITS.indexOf(unit)]! + left];
        }),
      );
      return { name, sure: 'exact', amounts };
    });
    return { stages, branches, ...NOTHING };
  });

describe('the sums of a way', () => {
  it('come out even where they do', () => {
    fc.assert(
      fc.property(evenFunnel, (funnel) => {
        expect(remaindersOf(funnel)).toEqual([]);
      }),
    );
  });

  it('name what is missing, how much, and between which two stages', () => {
    fc.assert(
      fc.property(evenFunnel, fc.nat(), fc.integer({ min: 1, max: 1e6 }), (funnel, choice, missing) => {
        const unit = UNITS[choice % UNITS.length]!;
        const telling = funnel.stages.filter(({ amounts }) => amounts[unit] !== undefined);
        fc.pre(telling.length > 1);
        const [from, to] = telling.slice(-2) as [Stage, Stage];
        const stages = funnel.stages.map((stage) =>
          stage === to ? { ...stage, amounts: { ...stage.amounts, [unit]: to.amounts[unit]! - missing } } : stage,
        );
        expect(remaindersOf({ ...funnel, stages })).toEqual([
          { after: from.name, before: to.name, amounts: { [unit]: missing } },
        ]);
      }),
    );
  });

  it('of several ways are those of each, added', () => {
    const same = (funnels: Funnel[], name: StageName, of: (funnel: Funnel) => Amounts): void => {
      const total = sumOfFunnels(funnels).stages.find((stage) => stage.name === name)!.amounts;
      for (const unit of UNITS) {
        const each = funnels.map((funnel) => of(funnel)[unit]);
        const isTold = each.every((value) => value !== undefined);
        expect(total[unit]).toBe(isTold ? each.reduce((sum, value = 0) => sum! + value, 0) : undefined);
      }
    };
    fc.assert(
      fc.property(fc.array(evenFunnel, { minLength: 1, maxLength: 4 }), (funnels) => {
        expect(remaindersOf(sumOfFunnels(funnels))).toEqual([]);
        for (const name of STAGES) same(funnels, name, ({ stages }) => stages.find((stage) => stage.name === name)!.amounts);
      }),
    );
  });
});

describe('what waits', () => {
  const way = (decoded: number, stored: number): Funnel => ({
    stages: [
      { name: 'decoded', sure: 'exact', amounts: { records: decoded } },
      { name: 'stored', sure: 'exact', amounts: { records: stored } },
    ],
    branches: [],
    ...NOTHING,
  });

  it('is on its way while more comes, and unexplained afterwards, as is what there is too much of', () => {
    const titles = (isOver: boolean, stored: number): string[] =>
      pipelineView(way(10, stored), isOver).remainders.map(({ title }) => title);
    expect(titles(false, 8)).toEqual(['Waits to be stored']);
    expect(titles(true, 8)).toEqual(['Unexplained']);
    expect(titles(false, 12)).toEqual(['Unexplained']);
    expect(titles(true, 10)).toEqual([]);
  });
});

describe.each(['ipfix', 'netflow-v9', 'netflow-v5'] as const)('what a collector alone knows of %s', (protocol) => {
  it('adds up, and is what was on the wire', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = new Random(seed);
      const sending = { messages: 200, templateEvery: 20, statementEvery: 15, countsOwn: false };
      const sent = send(protocol, random.fork('exporter'), sending);
      const arrivals = arrivalsOf(sent.length, random.fork('wire'), { lost: 0.05, doubled: 0.05, heldBack: 0.05 });
      const collecting = new CollectingProcess(collectingSchema.parse({}));
      const handle = (payload: Uint8Array): void =>
        collecting.handle({ payload, source: '198.51.100.1:4739', receivedAtUs: 1_772_442_000_000_000 });
      for (const index of arrivals) handle(sent[index]!.payload);
      handle(new Uint8Array([0, 99, 0, 0]));
      // The same versions, cut off inside the header.
      const cut = sent.slice(0, 5).map(({ payload }) => payload.subarray(0, 7));
      cut.forEach(handle);
      const { counters, sessions, forgotten } = collecting;
      const intake = {
        datagrams: arrivals.length + 1 + cut.length,
        waitingDatagrams: 0,
        refusedDatagrams: 3,
        kernelDrops: 2,
        askedBufferOctets: 1,
        gotBufferOctets: 1,
      };
      const state = { ...counters, counters, sessions, forgotten, intake };
      const funnel = collectorFunnel({ ...state, storedFlows: counters.flows, storedNatEvents: counters.natEvents });
      const at = (name: StageName): Amounts => funnel.stages.find((stage) => stage.name === name)!.amounts;
      const arrived = new Set(arrivals);
      const flows = [...arrived].reduce((sum, index) => sum + sent[index]!.flows.length, 0);
      expect(at('arrived').messages).toBe(arrivals.length + 6 + cut.length);
      expect(at('decoded').messages).toBe(arrived.size);
      // Of v9 and IPFIX Templates may have been lost: then flows wait.
      if (funnel.sets.waiting + funnel.sets.givenUp === 0) expect(at('decoded').flows).toBe(flows);
      expect(at('stored').flows).toBe(at('decoded').flows);
      expect(funnel.branches.find(({ name }) => name === 'copies')?.amounts.messages ?? 0).toBe(arrivals.length - arrived.size);
      expect(remaindersOf(funnel)).toEqual([]);
    }
  });

  it('says what a store did not take', () => {
    const { counters, sessions, forgotten } = new CollectingProcess(collectingSchema.parse({}));
    Object.assign(counters, { dataRecords: 10, flows: 10, droppedFlows: 2, notStoredFlows: 3 });
    const tally = { ...forgotten, flowRecords: 10 };
    const state = { ...counters, counters, sessions, forgotten: tally, intake: undefined };
    const funnel = collectorFunnel({ ...state, storedFlows: 9, storedNatEvents: 0 });
    expect(funnel.stages.at(-1)!.amounts).toEqual({ records: 4, flows: 4, natEvents: 0 });
    expect(remaindersOf(funnel)).toEqual([{ after: 'decoded', before: 'stored', amounts: { records: 1, flows: 1 } }]);
  });
});
