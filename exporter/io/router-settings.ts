import { ConfigError } from '../../runtime/config/config-error.ts';
import { loadSettings } from '../../runtime/config/load-settings.ts';
import { exporterSchema, type CapturingRouterConfig } from '../capture-config.ts';
import { contradictionOf } from '../config.ts';

/** A router as it is by default, but for settings such as `exporting.protocol=netflow-v9`. Throws a `ConfigError`. */
export function readRouter(settings: readonly string[]): CapturingRouterConfig {
  return checked(loadSettings(exporterSchema, settings));
}

function checked(router: CapturingRouterConfig): CapturingRouterConfig {
  const contradiction = contradictionOf(router);
  if (contradiction !== undefined) {
    throw new ConfigError([`--set ${contradiction.path.join('.')} ${contradiction.message}`]);
  }
  // Nobody would take the Messages of further exports here, and they would wait without end.
  if (router.monitors.length > 0) throw new ConfigError(['--set monitors: only the lab writes further exports']);
  return router;
}
