import { get, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { apiSchema } from '../../../collector/api/config.ts';
import { ApiServer } from '../../../collector/io/api-server.ts';

const DOCUMENT = '<!doctype html><title>a run</title>';
const TOKEN = 'a-token-nobody-guesses';
const opened: ApiServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function serve(report?: () => string | undefined, settings: object = {}): Promise<ApiServer> {
  const server = await ApiServer.open(apiSchema.parse({ listen: '127.0.0.1:0', ...settings }), {
    reasonsNotReady: () => [],
    answerQuery: undefined,
    views: { topics: new Map(), ...(report && { report }) },
    onFault: (error) => {
      throw error;
    },
  });
  opened.push(server);
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const ask = (server: ApiServer, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = get(`http://${server.endpoint}/report.html`, { headers, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, headers: response.headers, body }), reject);
    });
    request.on('error', reject);
  });

describe('/report.html', () => {
  it('is the document, as something that may run and load nothing and that only the page may frame', async () => {
    const { status, headers, body } = await ask(await serve(() => DOCUMENT));
    expect([status, body]).toEqual([200, DOCUMENT]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    const policy = new Set(headers['content-security-policy']?.toString().split('; '));
    for (const part of ["default-src 'none'", 'sandbox', "frame-ancestors 'self'", "form-action 'none'"])
      expect(policy).toContain(part);
    expect([...policy].filter((part) => part.startsWith('script-src'))).toEqual([]);
  });

  it('is a sentence as long as the run goes on, and is not there where there are no runs', async () => {
    const shown: { document?: string } = {};
    const server = await serve(() => shown.document);
    const early = await ask(server);
    expect([early.status, early.body]).toEqual([404, expect.stringContaining('the run is still going on')]);
    shown.document = DOCUMENT;
    expect((await ask(server)).body).toBe(DOCUMENT);
    expect((await ask(await serve())).body).toContain('there is no GET /report.html');
  });

  it.each([
    [{ host: 'evil.example' }, 403],
    [{ origin: 'http://evil.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
  ])('is asked with %j: %d', async (headers: Record<string, string>, status) => {
    expect((await ask(await serve(() => DOCUMENT), headers)).status).toBe(status);
  });

  it('needs the token where everything does', async () => {
    const server = await serve(() => DOCUMENT, { token: TOKEN });
    expect((await ask(server)).status).toBe(401);
    expect((await ask(server, { authorization: 'Bearer another' })).status).toBe(401);
    expect((await ask(server, { authorization: `Bearer ${TOKEN}` })).body).toBe(DOCUMENT);
  });
});
