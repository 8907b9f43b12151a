import type { ApiConfig } from './config.ts';
import { isAddress } from './loopback.ts';

/** What a request says of itself. */
export interface RequestHead {
  /** All it has, a value each. */
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which browsers add and pages cannot forge. */
  readonly fetchSite: string | undefined;
  readonly authorization: string | undefined;
}

/** Why a request is not answered, in a sentence. */
export interface Refusal {
  readonly status: 400 | 401 | 403;
  readonly sentence: string;
}

export type GuardRules = Pick<ApiConfig, 'allowedHosts' | 'allowedOrigins'> & {
  /** Whether the text is the token, in a time that does not tell how nearly; `undefined` when none is asked for. */
  readonly isToken: ((text: string) => boolean) | undefined;
};

/** Whether anybody may ask this: `undefined` when yes. */
export function refusalOf({ hosts, origin, fetchSite, authorization }: RequestHead, rules: GuardRules): Refusal | undefined {
  const [host, ...others] = hosts;
  const name = host === undefined || others.length > 0 ? undefined : hostName(host);
  if (host === undefined || name === undefined) return { status: 400, sentence: 'the request does not have one Host' };
  if (!isKnownHost(name, rules.allowedHosts)) return { status: 403, sentence: 'the server is not called by this Host' };
  if (origin !== undefined && !isKnownOrigin(origin, host, rules.allowedOrigins))
    return { status: 403, sentence: 'pages of this Origin may not ask' };
  if (origin === undefined && (fetchSite === 'cross-site' || fetchSite === 'same-site'))
    return { status: 403, sentence: 'pages of another site may not ask' };
  if (rules.isToken === undefined) return undefined;
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return { status: 401, sentence: 'the request needs "Authorization: Bearer" with the token' };
  return rules.isToken(token) ? undefined : { status: 401, sentence: 'the token is not the one expected' };
}

/** Without its port; `undefined` when it is no host. */
function hostName(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/** An address was typed by whoever asks; a name may have been pointed here by somebody else. */
const isKnownHost = (name: string, allowed: readonly string[]): boolean =>
  name === 'localhost' || isAddress(name) || allowed.some((each) => each.toLowerCase() === name);

const isKnownOrigin = (origin: string, host: string, allowed: readonly string[]): boolean =>
  origin.toLowerCase() === `http://${host.toLowerCase()}` || allowed.includes(origin);
