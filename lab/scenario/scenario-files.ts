import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { nearestName } from '../../core/text/nearest-name.ts';

const SCENARIOS = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const EXTENSION = /\.ya?ml$/;

/** Names of the scenarios that come with the package, sorted. */
export const scenarioNames = (): string[] =>
  readdirSync(SCENARIOS)
    .filter((file) => EXTENSION.test(file))
    .map((file) => file.replace(EXTENSION, ''))
    .sort();

/**
 * The file of a scenario given by name or by path, relative to the working directory: it goes into reports, which must be
 * the same on every machine. Throws a ConfigError that suggests the nearest name.
 */
export function scenarioFile(nameOrPath: string): string {
  const isPath = EXTENSION.test(nameOrPath) || nameOrPath.includes('/');
  const file = isPath ? nameOrPath : relative(process.cwd(), join(SCENARIOS, `${nameOrPath}.yaml`));
  if (existsSync(file)) return file;
  if (isPath) throw new ConfigError([`no scenario file ${JSON.stringify(nameOrPath)}`]);
  const names = scenarioNames();
  const nearest = nearestName(nameOrPath, names);
  const hint = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${JSON.stringify(nearest)}?`;
  throw new ConfigError([`no scenario ${JSON.stringify(nameOrPath)}, ${hint}`]);
}
