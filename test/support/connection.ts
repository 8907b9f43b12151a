import { PROTOCOL_UDP, type Connection } from '../../core/net/packet-train.ts';

/** A connection of a scriptless activity, over UDP from 10.0.1.1 to 198.18.1.1 unless told otherwise. */
export const connectionWith = (fields: Partial<Connection> = {}): Connection => ({
  id: 0,
  device: 0,
  activity: -1,
  protocol: PROTOCOL_UDP,
  insideAddress: 0x0a000101,
  insidePort: 50_000,
  serverAddress: 0xc6120101,
  serverPort: 443,
  serverName: '',
  dnsAnswer: 0,
  calledAddress: 0,
  calledPort: 0,
  ...fields,
});
