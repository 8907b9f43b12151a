import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { putTo } from './put-to.ts';
import { numbered, request } from './request-forms.ts';

const START_TIMEOUT_MS = 20_000;
const LOOK_EVERY_MS = 50;

/** A chronyd that tells this machine's time on a port of 127.0.0.1 and never sets it (-x). */
export class Chronyd {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(port: number, child: ChildProcess, directory: string) {
    this.port = port;
    this.#child = child;
    this.#directory = directory;
  }

  /** With more lines of configuration, and variables that change what it takes for the time. */
  static async serve(directives: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Chronyd> {
    const port = await freePort();
    const chronyd = await Chronyd.#start(
      [`port ${port}`, 'cmdport 0', 'local stratum 8', 'allow 127.0.0.0/8', ...directives],
      port,
      environment,
    );
    for (let waitedMs = 0; !(await isAnswering(port)); waitedMs += LOOK_EVERY_MS) {
      if (waitedMs >= START_TIMEOUT_MS) throw new Error('chronyd does not answer');
      await setTimeout(LOOK_EVERY_MS);
    }
    return chronyd;
  }

  /** As a client that keeps asking; `port` is where chronyc asks it. */
  static async follow(...directives: string[]): Promise<Chronyd> {
    const port = await freePort();
    return Chronyd.#start(['port 0', `cmdport ${port}`, 'bindcmdaddress 127.0.0.1', ...directives], port);
  }

  static async #start(directives: readonly string[], port: number, environment = {}): Promise<Chronyd> {
    const directory = await mkdtemp(join(tmpdir(), 'chronyd-'));
    const always = ['bindaddress 127.0.0.1', 'bindcmdaddress /', `pidfile ${join(directory, 'pid')}`];
    const child = spawn('chronyd', ['-d', '-x', '-U', '-u', 'root', '-f', '/dev/null', ...always, ...directives], {
      stdio: 'ignore',
      env: { ...process.env, ...environment },
    });
    return new Chronyd(port, child, directory);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill();
      await once(this.#child, 'close');
    }
    await rm(this.#directory, { recursive: true });
  }
}

const isAnswering = (port: number): Promise<boolean> =>
  putTo(port, [numbered(request(4, 3), 0)], { timeoutMs: 200 }).then(
    () => true,
    () => false,
  );

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
