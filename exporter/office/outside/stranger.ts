import { PROTOCOL_TCP, type Connection } from '../../../core/net/packet-train.ts';
import type { Wire } from '../wire.ts';

/** Whom and by which activity of the scenario a stranger calls. */
export interface Call {
  /** The activity's number. */
  readonly activity: number;
  /** The office's public address. */
  readonly publicAddress: number;
}

/** Dynamic ports of Linux, of which a stranger's own is one. */
export const FIRST_STRANGER_PORT = 32_768;
export const LAST_STRANGER_PORT = 60_999;

/** A TCP connection that a stranger tries to open to a port of the public address behind which there is nobody. */
export const knock = (wire: Wire, call: Call, from: { address: number; port: number }, calledPort: number): Connection => ({
  id: wire.nextConnectionId(),
  device: -1,
  activity: call.activity,
  protocol: PROTOCOL_TCP,
  insideAddress: call.publicAddress,
  insidePort: calledPort,
  serverAddress: from.address,
  serverPort: from.port,
  serverName: '',
  dnsAnswer: 0,
  calledAddress: call.publicAddress,
  calledPort,
});
