import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiConfig } from '../api/config.ts';
import type { GuardRules, RequestHead } from '../api/request-guard.ts';

/** What both ends of `/api/live` speak. */
export const LIVE_PROTOCOL = 'flowlab.live.1';
/** Browsers let no page set a header of a WebSocket's request, so the token is a subprotocol, in Base64url: not every character may stand there. */
const TOKEN_PROTOCOL = 'flowlab.token.';

/** The rules of a configuration. */
export const guardRules = ({ token, ...config }: ApiConfig): GuardRules => ({
  ...config,
  isToken: token === undefined ? undefined : tokenCheck(token),
});

/** What a request says of itself that the guard looks at. */
export function headOf({ headers, rawHeaders, url = '' }: IncomingMessage): RequestHead {
  // RFC 9112 section 3.2.2: a request-target that names a host stands in the place of Host. Of several Hosts Node would keep the first.
  const [, target] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [];
  const named = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
  const hosts = target === undefined ? named : [target];
  const fetchSite = headers['sec-fetch-site'];
  return {
    hosts,
    origin: headers.origin,
    fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
    authorization: headers.authorization,
  };
}

/** The same of a request for a WebSocket. */
export function upgradeHeadOf(request: IncomingMessage): RequestHead {
  const head = headOf(request);
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const token = offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
  if (token === undefined) return head;
  return { ...head, authorization: `Bearer ${Buffer.from(token, 'base64url').toString('latin1')}` };
}

/** The path of a request, without its parameters. */
export const pathOf = (url: string | undefined): string => url?.split('?')[0] ?? '';

/** Digests have one length, so the comparison takes one time. */
function tokenCheck(token: string): (text: string) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (text) => timingSafeEqual(digest(text), expected);
}
