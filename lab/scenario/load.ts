import { basename } from 'node:path';
import { applySet, parseSettings, type Settings } from '../../runtime/config/apply-set.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { loadYaml, type Overlay, type Place } from '../../runtime/config/load-yaml.ts';
import { mistakesOf } from '../../runtime/config/mistakes.ts';
import { scenarioFile } from './scenario-files.ts';
import { scenarioSchema, type Scenario, type ScenarioInput } from './schema.ts';

/** A scenario that can be read again with keys changed. */
export interface ScenarioSource {
  /** The file's name without its ending, or `scenario` for one that was given as an object. */
  readonly name: string;
  /** Throws a `ConfigError` when the scenario is not valid with these settings; later ones win. */
  read(...settings: readonly Settings[]): Scenario;
  /** The same of a variant: `index` is its place among the scenario's. */
  readVariant(variant: Variant, index: number, ...settings: readonly Settings[]): Scenario;
  locate(path: readonly (string | number)[]): Place | undefined;
}

type Variant = Scenario['variants'][number];

/** Opens a scenario by name, path or as an object. Throws when there is none of that name. */
export function openScenario(scenario: string | ScenarioInput): ScenarioSource {
  return typeof scenario === 'string' ? fromFile(scenarioFile(scenario)) : fromObject(scenario);
}

function fromFile(file: string): ScenarioSource {
  let locate: ScenarioSource['locate'] = () => undefined;
  const load = (settings: readonly Settings[], overlay?: Overlay): Scenario => {
    const merged = Object.assign({}, ...settings.map(parseSettings)) as Record<string, unknown>;
    const loaded = loadYaml(file, scenarioSchema, merged, overlay);
    locate = (path) => loaded.locate([...path]);
    return loaded.value;
  };
  return {
    name: basename(file).replace(/\.ya?ml$/, ''),
    read: (...settings) => load(settings),
    readVariant: ({ name, set }, index, ...settings) =>
      load(settings, { title: `variant ${name}`, path: ['variants', index, 'set'], settings: set }),
    locate: (path) => locate(path),
  };
}

function fromObject(scenario: ScenarioInput): ScenarioSource {
  const load = (settings: readonly Settings[], variant?: Variant): Scenario => {
    const copy = structuredClone(scenario) as object;
    const title = variant === undefined ? '' : `variant ${variant.name}: `;
    if (variant !== undefined) applySet(copy, variant.set, title.trimEnd());
    for (const setting of settings) applySet(copy, setting);
    const parsed = scenarioSchema.safeParse(copy);
    if (parsed.success) return parsed.data;
    throw new ConfigError(mistakesOf(scenarioSchema, copy, parsed.error).map(({ sentence }) => `${title}${sentence}`));
  };
  return {
    name: 'scenario',
    read: (...settings) => load(settings),
    readVariant: (variant, _index, ...settings) => load(settings, variant),
    locate: () => undefined,
  };
}
