import { NS_PER_MS } from '../core/time/instant.ts';
import type { Endpoint } from '../core/net/endpoint.ts';
import { ConfigError } from '../runtime/config/config-error.ts';
import { guardOutput } from '../runtime/guard-output.ts';
import type { NtpServerConfig } from './config.ts';
import { readCommandLine, type Invocation } from './io/command-line.ts';
import { query } from './io/query.ts';
import { serve } from './io/serve.ts';
import { answersAsJson, describeAnswer, describeVerdict, isAnswered, judge } from './query-report.ts';

const EXIT = { ok: 0, noAnswer: 1, usage: 2, runTime: 4 } as const;

async function run(config: NtpServerConfig, json: boolean): Promise<number> {
  await serve(config, json);
  return EXIT.ok;
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

const fail = (error: Error): number =>
  complain(error.message.replace(/\s*\n\s*/g, ' '), error instanceof ConfigError ? EXIT.usage : EXIT.runTime);

function complain(sentence: string, exitCode: number): number {
  console.error(`ntp-server: ${sentence}`);
  return exitCode;
}

async function main(args: readonly string[]): Promise<number> {
  const invocation = readCommandLine(args);
  switch (invocation.kind) {
    case 'serve':
      return run(invocation.config, invocation.json).catch(fail);
    case 'probe':
      return probe(invocation.server).catch(fail);
    case 'query':
      return ask(invocation).catch(fail);
    case 'usage':
      return complain(invocation.message, EXIT.usage);
    case 'done':
      return EXIT.ok;
  }
}

guardOutput();
process.exitCode = await main(process.argv.slice(2));
