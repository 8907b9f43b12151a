import { formatEndpoint, parseEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { Random } from '../../core/random/random.ts';
import { md5, readNtpKeys } from '../../runtime/ntp-keys.ts';
import { startSystemTime } from '../../runtime/system-time.ts';
import { buildNtpServer } from '../build.ts';
import type { NtpServerConfig } from '../config.ts';
import type { NtpServerCounters } from '../server.ts';
import { UdpServer } from './udp-server.ts';

/** Serves until SIGINT or SIGTERM. Throws a `ConfigError` for keys that cannot be read, and an `Error` with a sentence when it cannot listen. */
export async function serve(config: NtpServerConfig, json: boolean): Promise<void> {
  const keys = config.keyFile === undefined ? new Map() : readNtpKeys(config.keyFile);
  const time = startSystemTime();
  const epoch = config.time === undefined ? time.epoch : { unixMs: Date.parse(config.time) };
  const server = buildNtpServer(config, { epoch, random: new Random(config.seed), md5, keys });
  let udp: UdpServer;
  try {
    udp = await UdpServer.listen(parseEndpoint(config.listen) as Endpoint, server, time);
  } catch (error) {
    throw new Error(listenProblem(config.listen, error as NodeJS.ErrnoException), { cause: error });
  }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const { endpoint } = udp;
  console.log(json ? JSON.stringify({ event: 'listening', ...endpoint }) : `listening on ${formatEndpoint(endpoint)}`);
  await stopped;
  await udp.close();
  console.log(json ? JSON.stringify({ event: 'stopped', counters: server.counters }) : summary(server.counters));
}

/** `answered 12 requests; ignored 3: mode 2, short 1`. */
function summary({ responded, kissed, ...ignored }: NtpServerCounters): string {
  const reasons = Object.entries(ignored).filter(([, count]) => count > 0);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const kisses = kissed === 0 ? '' : `, ${kissed} more with a kiss-o'-death`;
  const why = reasons.map(([reason, count]) => `${reason} ${count}`).join(', ');
  return `answered ${responded} ${responded === 1 ? 'request' : 'requests'}${kisses}; ignored ${total}${total === 0 ? '' : `: ${why}`}`;
}

function listenProblem(listen: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `cannot listen on ${listen}: the port is in use`;
  if (code === 'EACCES') return `cannot listen on ${listen}: ports below 1024 need a privilege`;
  return `cannot listen on ${listen}: ${message}`;
}
