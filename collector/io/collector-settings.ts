import { parseSettings } from '../../runtime/config/apply-set.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { loadSettings } from '../../runtime/config/load-settings.ts';
import { loadYaml } from '../../runtime/config/load-yaml.ts';
import { collectorSchema, type CollectorConfig } from '../config.ts';

/**
 * The configuration of a file if there is one, with what the flags say (by path) and then what `--set` says. Throws a `ConfigError` with a
 * sentence for each mistake.
 */
export function readCollector(
  file: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  settings: readonly string[],
): CollectorConfig {
  const all = { ...flags, ...parseSettings(settings) };
  try {
    return file === undefined ? loadSettings(collectorSchema, all) : loadYaml(file, collectorSchema, all).value;
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(error.messages.map(namingFlags)) : error;
  }
}

const FLAG_OF: Readonly<Record<string, string>> = {
  inside: '--inside',
  listen: '--listen',
  'api.listen': '--api',
  'policy.forbidden': '--forbid',
  'collecting.natEventProfile': '--nat-event-profile',
};

/** Some keys have a flag of their own, which is what was typed most likely. */
const namingFlags = (sentence: string): string =>
  sentence.replace(/^--set ([\w.]+)(?:\[\d+\])?(?= )/, (setting, path: string) => {
    const flag = FLAG_OF[path];
    return flag === undefined ? setting : `${flag}:`;
  });
