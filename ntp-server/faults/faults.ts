import type { Random } from '../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import { clockErrorOf, type ClockError } from './clock-error.ts';
import type { FaultConfig } from './config.ts';
import { strike } from './reply-faults.ts';
import { soundReply, type ReplyPlan } from './reply-plan.ts';

interface Scheduled {
  readonly fault: FaultConfig;
  readonly random: Random;
}

/** The faults of one server. Each draws from a stream of its own, so that one more changes nothing of the others. */
export class Faults {
  readonly #scheduled: readonly Scheduled[];
  readonly #clockErrors: readonly ClockError[];

  constructor(faults: readonly FaultConfig[], random: Random) {
    this.#scheduled = faults.map((fault, index) => {
      const before = faults.slice(0, index).filter(({ kind }) => kind === fault.kind).length;
      return { fault, random: random.fork(`${fault.kind}:${before}`) };
    });
    this.#clockErrors = this.#scheduled.flatMap(({ fault, random: own }) => clockErrorOf(fault, own) ?? []);
  }

  /** How much the faults of the clock have made it fast by `now`. Instants never go backwards. */
  clockErrorNs(now: TrueNs): DurationNs {
    return this.#clockErrors.reduce((sum, error) => sum + error(now), 0);
  }

  /** How the reply to a request that came at `now` will be. */
  plan(now: TrueNs): ReplyPlan {
    const plan = soundReply();
    for (const { fault, random } of this.#scheduled) {
      const sinceNs = now - fault.fromS * NS_PER_S;
      if (sinceNs < 0 || now >= (fault.untilS ?? Infinity) * NS_PER_S) continue;
      if ('probability' in fault && !random.chance(fault.probability)) continue;
      strike(plan, fault, { sinceNs: Math.round(sinceNs), random });
    }
    return plan;
  }
}
