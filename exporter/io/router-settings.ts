import { applySet } from '../../runtime/config/apply-set.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { mistakesOf } from '../../runtime/config/mistakes.ts';
import { contradictionOf, routerSchema, type RouterConfig } from '../config.ts';

/** A router as it is by default, but for settings such as `exporting.protocol=netflow-v9`. Throws a `ConfigError`. */
export function readRouter(settings: readonly string[]): RouterConfig {
  const input = {};
  applySet(input, settings);
  const parsed = routerSchema.safeParse(input);
  if (parsed.success) {
    const contradiction = contradictionOf(parsed.data);
    if (contradiction !== undefined) throw new ConfigError([`--set metering.biflow ${contradiction}`]);
    return parsed.data;
  }
  throw new ConfigError(mistakesOf(routerSchema, input, parsed.error).map(({ sentence }) => `--set ${sentence}`));
}
