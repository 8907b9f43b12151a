import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { refusalOf, type GuardRules } from '../../api/request-guard.ts';
import { SECURITY_HEADERS } from '../api-errors.ts';
import { pathOf, upgradeHeadOf } from '../api-guard.ts';
import { PAGE_POLICY, type PageFiles } from './page-files.ts';
import type { LiveServer } from './live-server.ts';
import type { ViewSubject } from './views.ts';

const LIVE_PATH = '/api/live';
/** Where the file about a run is, in the lab. */
export const REPORT_PATH = '/report.html';

/** The files of the page. They say nothing of any flow, so they are given without a token, which the page asks for. */
export function servePage(app: FastifyInstance, page: PageFiles): void {
  for (const [path, { type, cacheControl, content, gzipped }] of page) {
    app.get(path, (request, reply) => {
      const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '');
      if (takesGzip) void reply.header('content-encoding', 'gzip');
      return reply
        .type(type)
        .headers({ 'cache-control': cacheControl, 'content-security-policy': PAGE_POLICY, vary: 'accept-encoding' })
        .send(takesGzip ? gzipped : content);
    });
  }
}

/** Whatever is in the file, it runs nothing, loads nothing and is of no origin; only the page may frame it. */
const REPORT_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox",
  'x-frame-options': 'SAMEORIGIN',
};

/** The run as one file to hand out, for whoever may see its views. */
export function serveReport(app: FastifyInstance, report: NonNullable<ViewSubject['report']>): void {
  app.get(REPORT_PATH, (_request, reply) => {
    const document = report();
    if (document === undefined)
      return reply.code(404).send({ error: 'the run is still going on: its report comes when it is over' });
    return reply.type('text/html; charset=utf-8').headers(REPORT_HEADERS).send(document);
  });
}

/** Takes requests for a WebSocket, by the same rules as any other. */
export function serveLive(app: FastifyInstance, live: LiveServer, rules: GuardRules): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Whoever goes away in between is no fault of ours.
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(upgradeHeadOf(request), rules);
    if (refusal !== undefined) refuse(socket, refusal.status, refusal.sentence);
    else if (pathOf(request.url) !== LIVE_PATH) refuse(socket, 404, `only ${LIVE_PATH} is a WebSocket`);
    else if (live.isFull) refuse(socket, 503, 'as many pages as may be are connected');
    else live.connect(request, socket, head);
  });
}

function refuse(socket: Duplex, status: number, sentence: string): void {
  const body = JSON.stringify({ error: sentence });
  const headers = { ...SECURITY_HEADERS, 'content-type': 'application/json; charset=utf-8', connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
