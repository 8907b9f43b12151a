import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ClickHouseStore } from '../../collector/store/clickhouse/clickhouse-store.ts';
import { clickhouseSchema } from '../../collector/store/clickhouse/config.ts';
import { HttpConnection } from '../../collector/store/clickhouse/http-connection.ts';

const STARTED_WITHIN_MS = 30_000;

/** Debian's `clickhouse-server` on loopback, with all it has in a directory of its own. It can be killed and started again. */
export class ClickHouseServer {
  readonly port: number;
  readonly #directory: string;
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(port: number, directory: string) {
    this.port = port;
    this.#directory = directory;
  }

  /** Rejects with what the server wrote when it does not start. */
  static async start(): Promise<ClickHouseServer> {
    const [httpPort, tcpPort] = await freePorts();
    const directory = mkdtempSync(join(tmpdir(), 'clickhouse-server-'));
    mkdirSync(join(directory, 'data'));
    writeFileSync(join(directory, 'config.xml'), configuration(directory, httpPort, tcpPort));
    writeFileSync(join(directory, 'users.xml'), USERS);
    const server = new ClickHouseServer(httpPort, directory);
    await server.startAgain();
    return server;
  }

  async startAgain(): Promise<void> {
    const arguments_ = [`--config-file=${join(this.#directory, 'config.xml')}`];
    const started = spawn('clickhouse-server', arguments_, { cwd: this.#directory, stdio: 'ignore' });
    this.#process = started;
    for (const endMs = performance.now() + STARTED_WITHIN_MS; performance.now() < endMs && started.exitCode === null;) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/`).catch(() => undefined);
      if (answer?.ok === true) return;
      await pause(50);
    }
    await this.kill();
    throw new Error(`clickhouse-server did not start: ${readFileSync(join(this.#directory, 'errors.log'), 'utf8')}`);
  }

  /** Ends it at once, whatever it is doing. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }

  /** An empty store in a database of its own, which the server's end ends too. */
  async newStore(): Promise<ClickHouseStore> {
    const address = { url: `http://127.0.0.1:${this.port}`, username: 'default', password: '' };
    const database = `store${this.#databases++}`;
    const admin = new HttpConnection({ ...address, database: 'default' }, 10_000);
    await admin.run(`CREATE DATABASE ${database}`);
    await admin.close();
    const spool = join(this.#directory, database);
    return ClickHouseStore.open(new HttpConnection({ ...address, database }, 10_000), clickhouseSchema.parse({ spool }));
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true });
  }
}

const configuration = (directory: string, httpPort: number, tcpPort: number): string => `<yandex>
  <logger><level>warning</level><log>${directory}/server.log</log><errorlog>${directory}/errors.log</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <interserver_http_host>127.0.0.1</interserver_http_host>
  <http_port>${httpPort}</http_port>
  <tcp_port>${tcpPort}</tcp_port>
  <path>${directory}/data/</path>
  <tmp_path>${directory}/data/tmp/</tmp_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>67108864</mark_cache_size>
</yandex>
`;

const USERS = `<yandex>
  <profiles><default></default></profiles>
  <quotas><default></default></quotas>
  <users>
    <default>
      <password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
    </default>
  </users>
</yandex>
`;

/** Two ports nobody has: the system's choice, asked for at once so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const sockets = [createServer(), createServer()];
  const ports = await Promise.all(
    sockets.map(async (socket) => {
      await once(socket.listen(0, '127.0.0.1'), 'listening');
      return (socket.address() as AddressInfo).port;
    }),
  );
  await Promise.all(sockets.map((socket) => once(socket.close(), 'close')));
  return ports as [number, number];
}
