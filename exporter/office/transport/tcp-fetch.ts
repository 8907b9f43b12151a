import type { TrueNs } from '../../../core/time/instant.ts';
import type { Server } from '../internet/server.ts';
import type { Caller } from './session.ts';
import { TcpSession } from './tcp-session.ts';

/** What goes over a connection that is opened for one exchange. */
export interface Exchange {
  readonly server: Server;
  readonly activity: number;
  /** TLS payload of the request, which goes out at once (a file belongs in a `transfer`), and of the response. */
  readonly requestOctets: number;
  readonly responseOctets: number;
  readonly bitsPerSecond: number;
  /** As for `TcpSession`. */
  readonly isResumed?: boolean;
}

/** One TCP connection with TLS for one exchange. Returns the instant of the last packet. */
export function fetchOnce(host: Caller, at: TrueNs, exchange: Exchange): TrueNs {
  const { server, activity, requestOctets, responseOctets, bitsPerSecond, isResumed } = exchange;
  const session = new TcpSession(host, server, activity, isResumed);
  return session.close(session.ask(session.open(at), requestOctets, responseOctets, bitsPerSecond));
}
