import type { Socket } from 'node:net';

/** Nothing here is a page: no browser is to show, keep, frame or guess at it. */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'the request is not well formed',
  408: 'the request took too long to arrive',
  413: 'the body of the request is too large',
  414: 'the address of the request is too long',
  415: 'the body must be application/json or text/plain',
  431: 'the header of the request is too large',
};
const FAULT = 'the collector made a mistake; its log says more';

/** What whoever asked is told: of their own mistakes which, of ours nothing but that there was one. */
export const sentenceOf = (status: number, error: Error): string => {
  if (status >= 500) return FAULT;
  return error.name === 'QueryMistake' ? error.message : (SENTENCES[status] ?? SENTENCES[400] ?? FAULT);
};

/** Answers what is no HTTP, or too much or too slow of it, and ends the connection. */
export function clientErrorReply(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify({ error: SENTENCES[status] });
  const headers = Object.entries({ ...SECURITY_HEADERS, 'content-type': 'application/json; charset=utf-8', connection: 'close' });
  const lines = [`HTTP/1.1 ${status} ${STATUS_NAMES[status]}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${lines.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};
