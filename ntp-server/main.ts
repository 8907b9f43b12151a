import { NS_PER_MS } from '../core/time/instant.ts';
import type { Endpoint } from '../core/net/endpoint.ts';
import { ConfigError } from '../runtime/config/config-error.ts';
import type { NtpServerConfig } from './config.ts';
import { readCommandLine } from './io/command-line.ts';
import { probe } from './io/probe.ts';
import { serve } from './io/serve.ts';

const EXIT = { ok: 0, noAnswer: 1, usage: 2, runTime: 4 } as const;

async function run(config: NtpServerConfig, json: boolean): Promise<number> {
  try {
    await serve(config, json);
    return EXIT.ok;
  } catch (error) {
    return complain((error as Error).message.replace(/\s*\n\s*/g, ' '), error instanceof ConfigError ? EXIT.usage : EXIT.runTime);
  }
}

async function ask(server: Endpoint): Promise<number> {
  const result = await probe(server);
  if (result.kind === 'failed') return complain(result.reason, EXIT.noAnswer);
  console.log(`offset ${milliseconds(result.offsetNs)} ms, delay ${milliseconds(result.delayNs)} ms`);
  return EXIT.ok;
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
      return run(invocation.config, invocation.json);
    case 'probe':
      return ask(invocation.server);
    case 'usage':
      return complain(invocation.message, EXIT.usage);
    case 'done':
      return EXIT.ok;
  }
}

process.exitCode = await main(process.argv.slice(2));
