import { z } from 'zod';
import { BEHAVIOURS, natSchema } from './config.ts';
import { OWN_ENDPOINTS } from './endpoint-pool.ts';
import { Nat } from './nat.ts';

const timeoutS = z.number().min(1).max(604_800);

/** Simple security for IPv6, which is not translated (RFC 6092). */
export const firewallSchema = z.strictObject({
  filtering: z
    .enum(BEHAVIOURS)
    .default('address-and-port-dependent')
    .describe('Who may send to an inside endpoint that has sent something: whom it was sent to, the same host, or anybody.'),
  maxSessions: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(1_000_000)
    .describe('Sessions of all hosts; what would be one more is dropped.'),
  udpTimeoutS: timeoutS.default(300).describe('Seconds an idle UDP session lives; not under 120 (RFC 6092 REC-14).'),
  tcpTimeoutS: timeoutS
    .default(7_440)
    .describe('Seconds an idle established TCP session lives; not under 7440 (RFC 6092 REC-35).'),
  tcpTransitoryTimeoutS: timeoutS
    .default(240)
    .describe('Seconds a TCP session lives that is not established or at its end; not under 240 (RFC 6092 REC-35).'),
});

/**
 * A firewall that remembers who was spoken to: a NAT that leaves every endpoint its own name. Unsolicited traffic from outside finds
 * no mapping and is dropped.
 */
export function firewallOf(config: z.output<typeof firewallSchema>): Nat {
  const { filtering, maxSessions, udpTimeoutS, tcpTimeoutS, tcpTransitoryTimeoutS } = config;
  const sessions = natSchema.parse({
    filtering,
    maxSessions,
    udpTimeoutS,
    tcpTimeoutS,
    tcpOpeningTimeoutS: tcpTransitoryTimeoutS,
    tcpClosingTimeoutS: tcpTransitoryTimeoutS,
    tcpResetTimeoutS: tcpTransitoryTimeoutS,
    inboundRefresh: true,
  });
  return new Nat(sessions, { pool: OWN_ENDPOINTS });
}
