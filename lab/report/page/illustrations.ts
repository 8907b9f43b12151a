import type { ActivityView } from '../../../collector/api/view/person-view.ts';
import type { CategorySeries } from '../../../collector/api/view/overview-view.ts';
import type { ClockSeriesView } from '../../../collector/api/view/clocks-view.ts';

/** What report.html shows of one run beside the figures of its report: what the collector answered, and the clocks as they were. */
export interface Illustrations {
  /** Absent where the scenario has none. */
  readonly variant: string | undefined;
  /** Headquarters first. */
  readonly sites: readonly SiteIllustrations[];
  readonly clocks: readonly ClockIllustration[];
}

export interface SiteIllustrations {
  readonly name: string;
  /** Who used most and for what; the largest transfer; how much looks unusual. */
  readonly sentences: readonly string[];
  readonly series: CategorySeries;
  readonly days: readonly PersonDay[];
}

/** What somebody did, in the order it began. */
export interface PersonDay {
  readonly name: string;
  readonly activities: readonly Pick<
    ActivityView,
    'label' | 'category' | 'startMs' | 'endMs' | 'octets' | 'confidence' | 'why'
  >[];
}

/** A clock's error over time, in truth and as NTP measured it. */
export interface ClockIllustration extends ClockSeriesView {
  readonly untouchedErrorMs: readonly number[];
  /** How often an exchange with an NTP server ended so, by what it was called; none where no server was asked. */
  readonly outcomes: Readonly<Record<string, number>>;
}
