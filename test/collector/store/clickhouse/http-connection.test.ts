import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpConnection } from '../../../../collector/store/clickhouse/http-connection.ts';

const settings: Record<string, string | null>[] = [];
let server: Server;
let connection: HttpConnection;

beforeAll(async () => {
  server = createServer((request, response) => {
    const asked = new URL(request.url ?? '', 'http://localhost').searchParams;
    settings.push(Object.fromEntries(['max_query_size', 'readonly'].map((name) => [name, asked.get(name)])));
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = { url: `http://127.0.0.1:${port}`, username: 'default', password: '', database: 'default' };
  connection = new HttpConnection(address, 5_000, { readonly: 1 });
});
afterAll(async () => {
  await connection.close();
  server.close();
});

it('asks with room for the thousands of names in a question, and writes without: a user may not be allowed to set that', async () => {
  await connection.run('CREATE TABLE t');
  await connection.insert('t', [new Uint8Array(1)], 'a', {});
  for await (const octets of connection.read('SELECT 1')) expect(octets.length).toBe(0);
  expect(settings).toEqual([
    { max_query_size: null, readonly: '1' },
    { max_query_size: null, readonly: '1' },
    { max_query_size: '64000000', readonly: '1' },
  ]);
});
