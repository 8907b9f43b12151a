import { parse } from 'yaml';
import { ConfigError } from './config-error.ts';
import { parsePath } from './key-path.ts';

/** Keys to change: dotted paths with values, or texts like `router.clock.ntp=false` as on the command line. */
export type Settings = Readonly<Record<string, unknown>> | readonly string[];

/** Texts of a command line as paths with values; a value is read as YAML. Throws a `ConfigError` without a `=`. */
export function parseSettings(settings: Settings): Readonly<Record<string, unknown>> {
  if (!Array.isArray(settings)) return settings as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    (settings as readonly string[]).map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new ConfigError([`--set ${text}: expected key=value, such as router.clock.ntp=false`]);
      return [text.slice(0, at), parseValue(text, text.slice(at + 1))];
    }),
  );
}

/**
 * Changes keys of `target` in place; mappings on the way are made. Throws a `ConfigError` when a path cannot be followed, which
 * begins with where the settings come from.
 */
export function applySet(target: object, settings: Settings, origin = '--set'): void {
  for (const [text, value] of Object.entries(parseSettings(settings))) {
    const path = parsePath(text);
    if (path === undefined)
      throw new ConfigError([`${origin} ${text}: expected a path such as router.clock.ntp or people[0].name`]);
    let at = target as Record<string | number, unknown>;
    for (const [index, step] of path.entries()) {
      const isList = Array.isArray(at);
      if (isList !== (typeof step === 'number') || isInherited(step))
        throw new ConfigError([`${origin} ${text}: there is no ${JSON.stringify(step)} to go into`]);
      if (index === path.length - 1) at[step] = value;
      else if (typeof at[step] !== 'object' || at[step] === null) at[step] = typeof path[index + 1] === 'number' ? [] : {};
      at = at[step] as Record<string | number, unknown>;
    }
  }
}

/** Names every object has: not keys of a configuration. */
const isInherited = (step: string | number): boolean => typeof step === 'string' && step in Object.prototype;

function parseValue(text: string, value: string): unknown {
  try {
    return parse(value);
  } catch (error) {
    throw new ConfigError([`--set ${text}: the value is not YAML: ${(error as Error).message.split('\n')[0]}`]);
  }
}
