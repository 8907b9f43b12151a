import { basename } from 'node:path';
import { parse } from 'yaml';
import { applySet } from '../../runtime/config/apply-set.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { loadYaml } from '../../runtime/config/load-yaml.ts';
import { scenarioFile } from '../commands/scenario-files.ts';
import { scenarioSchema, type Scenario, type ScenarioInput } from './schema.ts';

/** Keys to change: dotted paths with values, or texts like `router.clock.ntp=false` as on the command line. */
export type Settings = Readonly<Record<string, unknown>> | readonly string[];

/** Where a value stands in the scenario's file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A scenario that can be read again with keys changed. */
export interface ScenarioSource {
  /** The file's name without its ending, or `scenario` for one that was given as an object. */
  readonly name: string;
  /** Throws a `ConfigError` when the scenario is not valid with these settings; later ones win. */
  read(...settings: readonly Settings[]): Scenario;
  locate(path: readonly (string | number)[]): Place | undefined;
}

/** Opens a scenario by name, path or as an object. Throws when there is none of that name. */
export function openScenario(scenario: string | ScenarioInput): ScenarioSource {
  return typeof scenario === 'string' ? fromFile(scenarioFile(scenario)) : fromObject(scenario);
}

function fromFile(file: string): ScenarioSource {
  let locate: ScenarioSource['locate'] = () => undefined;
  return {
    name: basename(file).replace(/\.ya?ml$/, ''),
    read(...settings) {
      const loaded = loadYaml(file, scenarioSchema, Object.assign({}, ...settings.map(assignments)) as Record<string, unknown>);
      locate = (path) => loaded.locate([...path]);
      return loaded.value;
    },
    locate: (path) => locate(path),
  };
}

function fromObject(scenario: ScenarioInput): ScenarioSource {
  return {
    name: 'scenario',
    read(...settings) {
      const copy = structuredClone(scenario) as object;
      for (const setting of settings) applySet(copy, assignments(setting));
      const parsed = scenarioSchema.safeParse(copy);
      if (parsed.success) return parsed.data;
      throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
    },
    locate: () => undefined,
  };
}

function assignments(settings: Settings): Readonly<Record<string, unknown>> {
  if (!Array.isArray(settings)) return settings as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    (settings as readonly string[]).map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new ConfigError([`--set ${text}: expected key=value, such as router.clock.ntp=false`]);
      return [text.slice(0, at), parse(text.slice(at + 1)) as unknown];
    }),
  );
}
