import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { Association, type Receipt } from '../../core/ntp/association.ts';
import type { ClockReading } from '../../core/ntp/request-log.ts';
import type { SymmetricKey } from '../../core/ntp/symmetric-key.ts';
import { ntpTimestamp } from '../../core/ntp/timestamp.ts';
import { NS_PER_MS, wallNs } from '../../core/time/instant.ts';
import { startSystemTime, type SystemTime } from '../../runtime/system-time.ts';
import { unforeseeable } from '../../runtime/unforeseeable.ts';
import type { ServerAnswer } from '../query-report.ts';

export interface QueryOptions {
  /** Requests to each server. */
  readonly samples: number;
  /** Milliseconds between two requests to one server. */
  readonly intervalMs: number;
  /** Signs the requests; replies it has not signed are no answers. */
  readonly key?: SymmetricKey | undefined;
}

const REPLY_TIMEOUT_MS = 2_000;

/** Asks each server for the time. Sets no clock; never rejects. */
export async function query(servers: readonly Endpoint[], options: QueryOptions): Promise<ServerAnswer[]> {
  const time = startSystemTime();
  return Promise.all(servers.map((server) => ask(server, options, time)));
}

async function ask(server: Endpoint, { samples, intervalMs, key }: QueryOptions, time: SystemTime): Promise<ServerAnswer> {
  const association = new Association({
    random: unforeseeable,
    startsAt: time.now(),
    pollIntervalS: intervalMs / 1_000,
    burst: 0,
    key,
  });
  const name = formatEndpoint(server);
  let failure = '';
  let taken = 0;
  for (let asked = 0; asked < samples && association.nextPoll !== undefined; asked++) {
    await sleep(Math.max(0, (association.nextPoll - time.now()) / NS_PER_MS));
    const receipt = await exchange(server, association, time);
    if (typeof receipt === 'string') failure = receipt;
    else {
      const { measurement, at } = receipt;
      association.filter.add({ at, ...measurement });
      taken++;
    }
  }
  const statistics = association.filter.statistics(time.now());
  const { last } = association;
  if (statistics === undefined || last === undefined) return { kind: 'failed', server: name, reason: failure };
  return { kind: 'answered', server: name, samples: taken, asked: samples, packet: last, ...statistics };
}

type Measured = Extract<Receipt, { kind: 'measured' }>;

/** One request from a port of its own, closed after the exchange (RFC 9109 section 4): what was measured, or why nothing was. */
async function exchange(server: Endpoint, association: Association, time: SystemTime): Promise<Measured | string> {
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      let reason = `no answer from ${formatEndpoint(server)} within ${REPLY_TIMEOUT_MS / 1_000} s`;
      timer = setTimeout(() => resolve(reason), REPLY_TIMEOUT_MS);
      socket.on('error', (error) => resolve(askProblem(server, error)));
      socket.on('message', (payload) => {
        const now = time.now();
        const receipt = association.receive(now, payload, reading(time, now));
        if (receipt.kind === 'measured') resolve(receipt);
        else reason = `${formatEndpoint(server)} sent nothing usable: ${receipt.reason}`;
      });
      // A connected socket takes datagrams from that address and port only (RFC 4330 section 5, checks 1 and 2).
      const connected = (error?: Error): void => {
        // Node tells a way that is not there by the argument.
        if (error !== undefined) return resolve(askProblem(server, error));
        const now = time.now();
        socket.send(association.ask(now, reading(time, now)));
      };
      socket.connect(server.port, server.address, connected as () => void);
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

function askProblem(server: Endpoint, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return `nobody answers on ${formatEndpoint(server)}: no program has that port`;
  return `cannot ask ${formatEndpoint(server)}: ${message}`;
}

const reading = ({ epoch }: SystemTime, now: number): ClockReading => ({
  timestamp: ntpTimestamp(epoch, wallNs(now)),
  correctedNs: 0,
});
