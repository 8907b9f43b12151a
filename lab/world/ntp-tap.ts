import type { TrueNs } from '../../core/time/instant.ts';
import { HEADQUARTERS } from '../scenario/site-schema.ts';
import type { Exchange } from './exchange-log.ts';

/** An NTP packet as it leaves its client, or reaches it; what gets lost on the way back is never seen. */
export interface TappedPacket {
  readonly server: string;
  /** IPv4. */
  readonly serverAddress: number;
  readonly way: 'request' | 'reply';
  readonly at: TrueNs;
  readonly payload: Uint8Array;
  /** Of a reply, when the request left that it was made for. */
  readonly askedAt?: TrueNs | undefined;
  /** Of a reply, what the client did about it: `step`, `slew` or `none`, else why it was rejected. */
  readonly outcome?: string | undefined;
  /** Of a reply that has a whole header. */
  readonly exchange?: Exchange | undefined;
}

/** The same with who the client is. */
export interface ClientPacket extends TappedPacket {
  /** `router`, `router berlin`, `collector`. */
  readonly client: string;
  /** IPv4 address and UDP port. */
  readonly clientAddress: number;
  readonly clientPort: number;
}

/** What all clients' packets are told to. */
export type NtpTap = (packet: ClientPacket) => void;

/** Data, as the address: a server answers whatever port it is. */
export const CLIENT_PORT = 50_123;

/** What a site's device is called; headquarters' need no site. */
export const deviceName = (device: string, site: string): string => (site === HEADQUARTERS ? device : `${device} ${site}`);

/** A tap for one client, which need not know its own name. */
export const tapOf = (
  tap: NtpTap | undefined,
  client: string,
  clientAddress: number,
  clientPort = CLIENT_PORT,
): ((packet: TappedPacket) => void) | undefined => tap && ((packet) => tap({ ...packet, client, clientAddress, clientPort }));
