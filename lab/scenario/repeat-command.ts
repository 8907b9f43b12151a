import { parseSettings, type Settings } from '../../runtime/config/apply-set.ts';
import type { ScenarioInput } from './schema.ts';

/** What decides a run. */
export interface RunChoices {
  readonly scenario: string | ScenarioInput;
  readonly duration?: string;
  readonly set?: Settings;
}

/** What to type to have a run again; `null` of a scenario that is in no file. */
export function repeatCommand({ scenario, duration, set = {} }: RunChoices, seed: number): string | null {
  if (typeof scenario !== 'string') return null;
  const settings = Array.isArray(set)
    ? (set as readonly string[])
    : Object.entries(parseSettings(set)).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  const flags = [
    ...['--seed', String(seed)],
    ...(duration === undefined ? [] : ['--duration', duration]),
    ...settings.flatMap((setting) => ['--set', setting]),
  ];
  return `npm run scenario ${[scenario, '--', ...flags].map(shellWord).join(' ')}`;
}

/** As a POSIX shell takes it for one word. */
const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
