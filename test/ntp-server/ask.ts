import { decodePacket, type NtpPacket } from '../../core/ntp/packet.ts';
import { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { buildNtpServer } from '../../ntp-server/build.ts';
import { servedTimeSchema, type ServedTime } from '../../ntp-server/config.ts';
import type { NtpServer } from '../../ntp-server/server.ts';
import { md5 } from '../../runtime/ntp-keys.ts';
import { request } from './request-forms.ts';

export const EPOCH = { unixMs: Date.parse('2026-03-02T08:00:00Z') };

/** A server of a configuration as it is written. */
export const serverOf = (config: Record<string, unknown>, { seed = 1, epoch = EPOCH } = {}): NtpServer =>
  buildNtpServer(servedTimeSchema.parse(config) as ServedTime, { epoch, random: new Random(seed), md5 });

/** What a server replies to a request at so many seconds, or `undefined`. */
export function ask(server: NtpServer, atS: number, address = '192.0.2.1', payload = request(4, 3)): NtpPacket | undefined {
  server.handle(trueNs(Math.round(atS * NS_PER_S)), { payload, source: { address, port: 50_000 } });
  const reply = server.poll();
  return reply === undefined ? undefined : decodePacket(reply.payload);
}
