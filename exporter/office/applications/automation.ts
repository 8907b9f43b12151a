import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Automation } from '../lookalike-config.ts';
import { NS_PER_MIN } from '../schedule.ts';
import { serverAt } from '../internet/server.ts';
import { workOverSsh } from '../transport/ssh-login.ts';
import type { Activity } from '../wire.ts';

/** Sets up servers one task after the other; every task is a connection that logs in at once and has something to do. */
export function* automate(host: Host, at: TrueNs, job: Automation, activity: number, random: Random): Activity {
  const gapNs = (job.minutes * NS_PER_MIN) / job.connections;
  for (let task = 0; task < job.connections; task++) {
    const now = trueNs(Math.round(at + (task + random.uniform(0, 0.9)) * gapNs));
    yield now;
    const server = serverAt(job.network.address + 1 + (task % job.hosts), PROTOCOL_TCP, 22, '');
    workOverSsh(host, now, server, activity, random);
  }
}
