import { z } from 'zod';
import { bruteForceSchema } from './brute-force.ts';
import { fileSharingSchema } from './file-sharing.ts';
import { forbiddenServiceSchema } from './forbidden-service.ts';
import { hostScanSchema } from './host-scan.ts';
import { inboundScanSchema } from './inbound-scan.ts';
import { portExhaustionSchema } from './port-exhaustion.ts';
import { portScanSchema } from './port-scan.ts';
import { synFloodSchema } from './syn-flood.ts';
import { unknownDeviceSchema } from './unknown-device.ts';

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
  hostScan: hostScanSchema.prefault({}).describe('Somebody inside asks one port of many hosts.'),
  inboundScan: inboundScanSchema.prefault({}).describe('A stranger asks many ports of the office.'),
  bruteForce: bruteForceSchema.prefault({}).describe('Somebody guesses passwords.'),
  synFlood: synFloodSchema.prefault({}).describe('Strangers send SYNs and acknowledge nothing.'),
  portExhaustion: portExhaustionSchema.prefault({}).describe('The router has no public ports left.'),
  unknownDevice: unknownDeviceSchema.prefault({}).describe('A device is in no inventory.'),
  forbiddenService: forbiddenServiceSchema.prefault({}).describe('Somebody uses what the policy forbids.'),
  fileSharing: fileSharingSchema.prefault({}).describe('Somebody shares files with strangers.'),
});

export type DetectConfig = z.output<typeof detectSchema>;
