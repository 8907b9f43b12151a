import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './compose-file.ts';

/** What a container has and this machine has not, with what stands for it here. */
export type Substitutions = readonly (readonly [there: string, here: string])[];

const ROOT = new URL('../..', import.meta.url);

/** A service of compose.yaml as a process of this machine: its command line word for word, but for the substitutions. */
export class RunningService {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #service: Service;
  readonly #substitutions: Substitutions;

  constructor(service: Service, substitutions: Substitutions) {
    this.#service = service;
    this.#substitutions = substitutions;
    this.#child = this.#spawn(service.command);
    this.#closed = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  /** Asks the service's own health check until it says yes; whether it did within 15 s. */
  async isHealthyInTime(): Promise<boolean> {
    for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt; await sleep(200)) {
      if ((await this.checkHealth()) === 0) return true;
    }
    return false;
  }

  /** Whether its standard output has matched within that time. */
  async saysInTime(pattern: RegExp, timeMs: number): Promise<boolean> {
    for (const giveUpAt = Date.now() + timeMs; Date.now() < giveUpAt; await sleep(200)) {
      if (pattern.test(this.stdout)) return true;
    }
    return false;
  }

  /** The exit code of the health check; 0 is healthy. */
  async checkHealth(): Promise<number | null> {
    if ('disable' in this.#service.healthcheck) throw new Error('the service has no health check');
    const [, ...command] = this.#service.healthcheck.test;
    const [exitCode] = (await once(this.#spawn(command), 'close')) as [number | null];
    return exitCode;
  }

  /** Ends it as a container is ended; resolves with the exit code. */
  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.ended();
  }

  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  #spawn([program, ...args]: readonly string[]): ChildProcess {
    const here = args.map((word) => this.#substitutions.reduce((text, [from, to]) => text.replaceAll(from, to), word));
    return spawn(program === 'node' ? process.execPath : (program as string), here, { cwd: ROOT });
  }
}

/** A UDP port nobody has, so that what runs here already is not disturbed. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
