import { hostileRun } from '../test/ntp-server/hostile-requests.ts';

/**
 * Hostile datagrams through the NTP server: `node --import tsx bench/ntp-server-fuzz.ts 1000000 1`. The same seed gives the same
 * datagrams. Ends with an error when one throws, or gets a reply it must not get.
 */
const [datagrams = '1000000', seed = '1'] = process.argv.slice(2);
const startedAt = performance.now();
const { mistakes, ...totals } = hostileRun(Number(datagrams), Number(seed));
const seconds = (performance.now() - startedAt) / 1_000;
console.log(JSON.stringify({ datagrams: Number(datagrams), seconds: Math.round(seconds), ...totals }));
if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
