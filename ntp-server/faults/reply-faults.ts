import type { Random } from '../../core/random/random.ts';
import { NS_PER_MS, NS_PER_S, type DurationNs } from '../../core/time/instant.ts';
import type { FaultConfig } from './config.ts';
import type { ReplyPlan } from './reply-plan.ts';

type Kind = FaultConfig['kind'];
type Strike<K extends Kind> = (
  plan: ReplyPlan,
  fault: Extract<FaultConfig, { kind: K }>,
  /** Since the fault began, and the chance of this fault alone. */
  around: { readonly sinceNs: DurationNs; readonly random: Random },
) => void;

/** What each fault does to a reply; drift and wander act on the clock instead. */
const STRIKES: { readonly [K in Kind]: Strike<K> } = {
  offset: (plan, { offsetMs }) => {
    plan.offsetNs += Math.round(offsetMs * NS_PER_MS);
  },
  drift: () => {},
  wander: () => {},
  jitter: (plan, { deviationMs }, { random }) => {
    plan.offsetNs += Math.round(random.normal(0, deviationMs * NS_PER_MS));
  },
  falseticker: (plan, { offsetMs }) => {
    plan.offsetNs += Math.round(offsetMs * NS_PER_MS);
    plan.isConfident = true;
  },
  unsynchronised: (plan) => {
    plan.isSynchronised = false;
  },
  leap: (plan, { leap }) => {
    plan.leap = leap;
  },
  kiss: (plan, { code }) => {
    plan.kiss = code;
  },
  silence: (plan) => {
    plan.isSilent = true;
  },
  'wrong-origin': (plan, _fault, { random }) => {
    // Never 0: some bit is wrong.
    plan.originMask ^= (BigInt(random.int(0, 0xffffffff)) << 32n) | BigInt(random.int(1, 0xffffffff));
  },
  'stale-reference': (plan, { ageS }, { sinceNs }) => {
    plan.referenceAgeNs = Math.max(plan.referenceAgeNs ?? 0, Math.round(ageS * NS_PER_S) + sinceNs);
  },
};

/** Has a fault that is active change the reply. */
export const strike = <K extends Kind>(
  plan: ReplyPlan,
  fault: Extract<FaultConfig, { kind: K }>,
  around: { readonly sinceNs: DurationNs; readonly random: Random },
): void => (STRIKES[fault.kind as K] as Strike<K>)(plan, fault, around);
