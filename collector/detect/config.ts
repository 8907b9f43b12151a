import { z } from 'zod';
import { portScanSchema } from './port-scan.ts';

export const detectSchema = z.strictObject({
  maxAddresses: z
    .int()
    .min(1_024)
    .max(2 ** 20 - 1)
    .default(2 ** 17)
    .describe(
      'Addresses that detectors can tell apart at a time; beyond it those not seen for longest are forgotten, and new when they come back (forgottenAddresses).',
    ),
  maxAlerts: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('Alerts kept; beyond it new ones are refused (refusedAlerts).'),
  portScan: portScanSchema.prefault({}).describe('Somebody inside asks many ports of one host.'),
});

export type DetectConfig = z.output<typeof detectSchema>;
