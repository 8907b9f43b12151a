import type { Random } from '../../core/random/random.ts';
import type { TrueNs } from '../../core/time/instant.ts';
import type { Host } from './host.ts';
import type { Web } from './internet/web-sites.ts';
import type { WorkDay } from './schedule.ts';
import type { Claim } from './scripted.ts';

/** What a day of generated traffic is made from. */
export interface DayPlan {
  readonly host: Host;
  readonly day: WorkDay;
  /** When the day began: on the scenario's timescale, and in milliseconds since 1970. */
  readonly midnight: TrueNs;
  readonly unixMs: number;
  /** The person's stream of chance for this day. */
  readonly random: Random;
  readonly web: Web;
  /** Multiplies how often things occur. */
  readonly scale: number;
  /** What the scenario's script does, and this must not. */
  readonly claimed: ReadonlySet<Claim>;
}
