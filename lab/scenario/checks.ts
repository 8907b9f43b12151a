import type { Check, Findings } from '../report/report.ts';
import { METRICS } from './metrics.ts';
import { toldAs } from './tellings.ts';
import type { Scenario } from './schema.ts';
import type { Place } from '../../runtime/config/load-yaml.ts';

type CheckConfig = Scenario['checks'][number];

/** Holds one check of the scenario against what the run found; one for which the run ended too early is skipped. What is not measured holds no limit. */
export function judgeCheck(config: CheckConfig, findings: Findings, place: Place | undefined, isTooEarly: boolean): Check {
  const about = findings.sites?.find(({ name }) => name === config.site) ?? findings;
  const value = METRICS[config.metric](config.told === undefined ? about : toldAs(about, config.told));
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, equals = value } = config;
  return {
    name: config.name,
    metric: config.metric,
    value: Number.isNaN(value) ? null : value,
    limit: limitOf(config),
    passed: isTooEarly || (value >= min && value <= max && value === equals),
    skipped: isTooEarly,
    variant: config.variant ?? null,
    ...(config.site === undefined ? {} : { site: config.site }),
    ...(config.told === undefined ? {} : { told: config.told }),
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
  };
}

function limitOf({ min, max, equals }: CheckConfig): string {
  if (equals !== undefined) return `= ${equals}`;
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return min === undefined ? `<= ${max}` : `>= ${min}`;
}
