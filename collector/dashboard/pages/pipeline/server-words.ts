import type { RecordRow } from '../../../api/view/records-view.ts';
import { formatEndpoint } from '../../text/format.ts';

/** Whom a record is to or from: a name, or an address and port. In the port of ICMP routers tell type and code. */
export function serverWords({ serverName, server, port, protocol }: RecordRow): string {
  if (serverName !== undefined) return serverName;
  return protocol.includes('ICMP') ? server : formatEndpoint(server, port);
}
