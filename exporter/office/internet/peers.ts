import { PROTOCOL_TCP } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { PEERS } from './free-services.ts';
import { serverAt, type Server } from './server.ts';

/** Somebody at home who shares files: an address of the access provider's and no name. */
export const randomPeer = (random: Random): Server =>
  serverAt(PEERS.prefix.address + random.int(256, 65_279), PROTOCOL_TCP, random.int(6_881, 6_889), '');
