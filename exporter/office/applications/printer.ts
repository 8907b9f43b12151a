import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S } from '../../../core/time/instant.ts';
import { BACKGROUND, type Host } from '../host.ts';
import { PRINTER_TELEMETRY } from '../internet/device-services.ts';
import { NS_PER_MIN, type WorkDay } from '../schedule.ts';
import { fetchOnce } from '../transport/tcp-fetch.ts';
import type { Activity } from '../wire.ts';

const [COLLECTOR] = PRINTER_TELEMETRY.pools.collector;

/** A printer that tells its maker about pages and toner, once an hour. */
export function* reportToMaker(host: Host, day: WorkDay, random: Random): Activity {
  let at = after(day.arriveNs, Math.round(random.uniform(0, 60) * NS_PER_MIN));
  while (at < day.leaveNs) {
    yield at;
    fetchOnce(host, host.resolve(at, COLLECTOR), {
      server: COLLECTOR,
      activity: BACKGROUND,
      requestOctets: random.int(2_000, 12_000),
      responseOctets: random.int(200, 900),
      bitsPerSecond: 10_000_000,
    });
    at = after(at, Math.round(random.uniform(3_540, 3_660) * NS_PER_S));
  }
}
