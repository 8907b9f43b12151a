import { servedClockSchema, type ServedClockConfig } from './clock.ts';
import type { Scenario } from './schema.ts';
import type { SiteMistake } from './site-mistakes.ts';

/** More than anybody asks: four outvote one that lies. */
export const MAX_NTP_SERVERS = 16;

/** An NTP server, and what clients and reports call it. */
export interface NamedServer {
  readonly name: string;
  readonly config: ServedClockConfig;
}

type Servers = Pick<Scenario, 'ntpServer' | 'ntpServers'>;

/** The servers of a scenario in the order they are written; at least one. */
export function ntpServersOf({ ntpServer, ntpServers }: Servers): NamedServer[] {
  if (ntpServers === undefined) return [{ name: 'server', config: ntpServer ?? servedClockSchema.parse({}) }];
  return ntpServers.map(({ name, ...config }, index) => ({ name: name ?? `server-${index + 1}`, config }));
}

/** One way to tell the servers, and no two of one name. */
export function ntpServerMistakes(scenario: Servers): SiteMistake[] {
  if (scenario.ntpServers === undefined) return [];
  const mistakes: SiteMistake[] = [];
  if (scenario.ntpServer !== undefined) {
    mistakes.push({ path: ['ntpServers'], message: 'is given beside ntpServer: keep one of them, ntpServers has all servers' });
  }
  const names = ntpServersOf(scenario).map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    const path = ['ntpServers', index, ...(scenario.ntpServers[index]?.name === undefined ? [] : ['name'])];
    if (first < index) mistakes.push({ path, message: `"${name}" is the name of ntpServers[${first}] already` });
  }
  return mistakes;
}
