import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[]): Promise<Finished> {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

const ARGUMENTS = ['--import', 'tsx', 'ntp-server/main.ts'];

/** Runs ntp-server to its end. */
export const runNtpServer = (...args: string[]): Promise<Finished> => run(process.execPath, [...ARGUMENTS, ...args]);

/** An ntp-server of its own process on a free port of 127.0.0.1. */
export class RunningServer {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Everything the server has said on standard output. */
  stdout = '';

  static async start(...args: string[]): Promise<RunningServer> {
    const child = spawn(process.execPath, [...ARGUMENTS, '--listen', '127.0.0.1:0', ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    return new Promise((resolve, reject) => {
      let server: RunningServer | undefined;
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        if (server !== undefined) server.stdout = stdout;
        const [, port] = /^(?:listening on 127\.0\.0\.1:|\{"event":"listening".*"port":)(\d+)\}?\n/.exec(stdout) ?? [];
        if (port === undefined || server !== undefined) return;
        server = new RunningServer(child, Number(port));
        server.stdout = stdout;
        resolve(server);
      });
      child.once('close', () => reject(new Error(`ntp-server ended without listening: ${stdout}`)));
    });
  }

  /** Resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    const [exitCode] = (await once(this.#child, 'close')) as [number | null];
    return exitCode;
  }
}
