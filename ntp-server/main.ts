import { NS_PER_MS } from '../core/time/instant.ts';
import { VirtualClock } from '../core/time/virtual-clock.ts';
import type { NtpServerConfig } from './config.ts';
import { readCommandLine, type Invocation } from './io/command-line.ts';
import { query } from './io/query.ts';
import { startSystemTime } from '../runtime/system-time.ts';
import { UdpServer } from './io/udp-server.ts';
import { formatEndpoint, parseEndpoint } from '../core/net/endpoint.ts';
import type { Endpoint } from '../core/net/endpoint.ts';
import { answersAsJson, describeAnswer, describeVerdict, isAnswered, judge } from './query-report.ts';
import { NtpServer } from './server.ts';

const EXIT = { ok: 0, noAnswer: 1, usage: 2, runTime: 4 } as const;

/** Serves until SIGINT or SIGTERM; resolves with the exit code. */
async function serve(config: NtpServerConfig): Promise<number> {
  const time = startSystemTime();
  const clock = new VirtualClock({ offsetNs: Math.round(config.offsetMs * NS_PER_MS), driftPpm: config.driftPpm });
  const server = new NtpServer({ clock, epoch: time.epoch, stratum: config.stratum });
  let udp: UdpServer;
  try {
    udp = await UdpServer.listen(parseEndpoint(config.listen) as Endpoint, server, time);
  } catch (error) {
    return complain(listenProblem(config.listen, error as NodeJS.ErrnoException), EXIT.runTime);
  }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  console.log(`listening on ${formatEndpoint(udp.endpoint)}`);
  await stopped;
  await udp.close();
  return EXIT.ok;
}

function listenProblem(listen: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `cannot listen on ${listen}: the port is in use`;
  if (code === 'EACCES') return `cannot listen on ${listen}: ports below 1024 need a privilege`;
  return `cannot listen on ${listen}: ${message}`;
}

/** Asks once, for a health check. */
async function probe(server: Endpoint): Promise<number> {
  const [answer] = await query([server], { samples: 1, intervalMs: 1_000 });
  if (answer?.kind !== 'answered') return complain(answer?.reason ?? '', EXIT.noAnswer);
  console.log(`offset ${milliseconds(answer.offsetNs)} ms, delay ${milliseconds(answer.delayNs)} ms`);
  return EXIT.ok;
}

async function ask({ servers, json, ...options }: Extract<Invocation, { kind: 'query' }>): Promise<number> {
  const answers = await query(servers, options);
  const verdict = judge(answers);
  for (const answer of answers) {
    if (answer.kind === 'failed') complain(answer.reason, EXIT.noAnswer);
    else if (!json) console.log(describeAnswer(answer));
  }
  if (json) console.log(JSON.stringify(answersAsJson(answers, verdict), undefined, 2));
  else if (answers.filter(isAnswered).length > 1) console.log(describeVerdict(verdict));
  return verdict.offsetNs === undefined ? EXIT.noAnswer : EXIT.ok;
}

const milliseconds = (ns: number): string => (ns / NS_PER_MS).toFixed(3);

function complain(sentence: string, exitCode: number): number {
  console.error(`ntp-server: ${sentence}`);
  return exitCode;
}

async function main(args: readonly string[]): Promise<number> {
  const invocation = readCommandLine(args);
  switch (invocation.kind) {
    case 'serve':
      return serve(invocation.config);
    case 'probe':
      return probe(invocation.server);
    case 'query':
      return ask(invocation);
    case 'usage':
      return complain(invocation.message, EXIT.usage);
    case 'done':
      return EXIT.ok;
  }
}

process.exitCode = await main(process.argv.slice(2));
