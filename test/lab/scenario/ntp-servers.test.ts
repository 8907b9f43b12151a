import { expect, test } from 'vitest';
import { CLOCK_PRESETS } from '../../../lab/scenario/clock-presets.ts';
import { ntpServersOf } from '../../../lab/scenario/ntp-servers.ts';
import { mistakesOf, scenarioOf } from '../../support/scenario-file.ts';

const namesOf = (lines: string): string[] => ntpServersOf(scenarioOf(lines)).map(({ name }) => name);

test('a scenario has one NTP server, or those it lists', () => {
  expect(namesOf('')).toEqual(['server']);
  expect(namesOf('ntpServer: { offsetMs: 3 }')).toEqual(['server']);
  expect(namesOf('ntpServers: [{}, { name: berlin }, {}]')).toEqual(['server-1', 'berlin', 'server-3']);
});

test('the one it has unless told is a right one', () => {
  expect(ntpServersOf(scenarioOf(''))).toEqual(ntpServersOf(scenarioOf('ntpServer: {}')));
});

test('each of several is told as one alone, presets included', () => {
  const told = '{ preset: server, driftPpm: -1, stratum: 2, faults: [{ kind: jitter, deviationMs: 2 }] }';
  const [, second] = ntpServersOf(scenarioOf(`ntpServers: [{}, ${told}]`));
  const [alone] = ntpServersOf(scenarioOf(`ntpServer: ${told}`));
  expect(second?.config).toEqual(alone?.config);
  expect(second?.config).toMatchObject({ driftPpm: -1, wanderPpm: CLOCK_PRESETS.server.wanderPpm });
});

test.each([
  [
    'ntpServer: { offsetMs: 3 }\nntpServers: [{}]',
    '4:13 ntpServers is given beside ntpServer: keep one of them, ntpServers has all servers',
  ],
  ['ntpServers: []', '3:13 ntpServers expected array to have >=1 items'],
  [`ntpServers: [${'{},'.repeat(17)}]`, '3:13 ntpServers expected array to have <=16 items'],
  ['ntpServers: [{ name: a }, {}, { name: a }]', '3:39 ntpServers[2].name "a" is the name of ntpServers[0] already'],
  ['ntpServers: [{ name: server-2 }, {}]', '3:34 ntpServers[1] "server-2" is the name of ntpServers[0] already'],
  ['ntpServers: [{ name: "" }]', '3:22 ntpServers[0].name "": expected string to have >=1 characters'],
  ['ntpServers: [{ ofsetMs: 3 }]', '3:16 ntpServers[0]: unknown key "ofsetMs", did you mean "offsetMs"?'],
  ['ntpServers: [{ leap: 61 }]', '3:22 ntpServers[0].leap 61'],
  [
    'ntpServers: [{ referenceId: 192.0.2.7 }]',
    '3:29 ntpServers[0].referenceId "192.0.2.7" is not a name of one to four characters, which stratum 1 needs',
  ],
])('a mistake is told with its place: %s', (lines, sentence) => {
  const [first, ...more] = mistakesOf(lines);
  expect(more).toEqual([]);
  expect(first).toContain(`mine.yaml:${sentence}`);
});
