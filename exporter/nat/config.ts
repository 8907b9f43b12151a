import { z } from 'zod';
import { parseIPv4 } from '../../core/net/address.ts';

const timeoutS = z.number().min(1).max(604_800);

export const natSchema = z
  .strictObject({
    publicAddress: z
      .string()
      .default('203.0.113.2')
      .transform((text, context) => {
        const address = parseIPv4(text);
        if (address === undefined) context.addIssue(`"${text}" is not an IPv4 address`);
        return address ?? 0;
      })
      .describe('The address the internet sees.'),
    firstPort: z
      .int()
      .min(1)
      .max(65_535)
      .default(1_024)
      .describe('Lowest public port; well-known ones stay free (RFC 4787 REQ-3).'),
    lastPort: z.int().min(1).max(65_535).default(65_535).describe('Highest public port.'),
    filtering: z
      .enum(['endpoint-independent', 'address-and-port-dependent'])
      .default('address-and-port-dependent')
      .describe('Who may answer through a mapping (RFC 4787 section 5).'),
    udpTimeoutS: timeoutS.default(300).describe('Seconds an idle UDP mapping lives; not under 120 (RFC 4787 REQ-5).'),
    tcpTimeoutS: timeoutS.default(7_440).describe('Seconds an idle established TCP mapping lives (RFC 5382 REQ-5).'),
    tcpTransitoryTimeoutS: timeoutS.default(240).describe('Seconds a half-open or closing TCP mapping lives (RFC 5382 REQ-5).'),
    otherTimeoutS: timeoutS.default(60).describe('Seconds a mapping of another protocol lives (RFC 5508 REQ-2).'),
  })
  .refine(({ firstPort, lastPort }) => firstPort <= lastPort, { path: ['lastPort'], message: 'is below firstPort' });

export type NatConfig = z.output<typeof natSchema>;
