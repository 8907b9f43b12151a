import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { SntpClient, type SntpOutput } from '../../core/ntp/sntp-client.ts';
import { Random } from '../../core/random/random.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import { startSystemTime } from '../../runtime/system-time.ts';

const PROBE_TIMEOUT_MS = 2_000;

/** What a server said: its clock against this machine's, or why its answer is of no use. */
export type ProbeResult =
  | { readonly kind: 'sample'; readonly offsetNs: number; readonly delayNs: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** Sends one SNTP request and waits 2 s for the answer. Sets no clock; never rejects. */
export async function probe(server: Endpoint): Promise<ProbeResult> {
  const time = startSystemTime();
  const random = new Random(Number(process.hrtime.bigint() & 0xffffffffn));
  const client = new SntpClient({ clock: new VirtualClock(), epoch: time.epoch, random, initialDelayMs: 0 });
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ProbeResult>((resolve) => {
      const fail = (reason: string): void => resolve({ kind: 'failed', reason });
      let reason = `no answer from ${formatEndpoint(server)} within ${PROBE_TIMEOUT_MS / 1_000} s`;
      timer = setTimeout(() => fail(reason), PROBE_TIMEOUT_MS);
      const act = (output: SntpOutput): void => {
        if (output.kind === 'send') socket.send(output.payload);
        else if (output.kind === 'sample') resolve(output);
        else if (output.kind === 'rejected') reason = `${formatEndpoint(server)} sent nothing usable: ${output.reason}`;
      };
      socket.on('error', (error) => fail(`cannot ask ${formatEndpoint(server)}: ${error.message}`));
      socket.on('message', (payload) => {
        client.handle(time.now(), { kind: 'datagram', payload });
        drain(client, act);
      });
      // A connected socket takes datagrams from that address and port only (RFC 4330 section 5, checks 1 and 2).
      socket.connect(server.port, server.address, () => {
        client.handleTimeout(time.now());
        drain(client, act);
      });
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

function drain(client: SntpClient, act: (output: SntpOutput) => void): void {
  for (let output = client.poll(); output !== undefined; output = client.poll()) act(output);
}
