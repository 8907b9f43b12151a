import { z } from 'zod';
import { allowSchema } from './allow-list.ts';
import { beaconSchema } from './beacon.ts';
import { bruteForceSchema } from './brute-force.ts';
import { dnsTunnelSchema } from './dns-tunnel.ts';
import { exfiltrationSchema } from './exfiltration.ts';
import { fileSharingSchema } from './file-sharing.ts';
import { forbiddenServiceSchema } from './forbidden-service.ts';
import { hostScanSchema } from './host-scan.ts';
import { inboundScanSchema } from './inbound-scan.ts';
import { miningSchema } from './mining.ts';
import { portExhaustionSchema } from './port-exhaustion.ts';
import { portScanSchema } from './port-scan.ts';
import { synFloodSchema } from './syn-flood.ts';
import { unknownDeviceSchema } from './unknown-device.ts';
import { unusualVolumeSchema } from './unusual-volume.ts';

export const detectSchema = z.strictObject({
  maxExporters: z
    .int()
    .min(1)
    .max(65_536)
    .default(64)
    .describe(
      'Exporters, by address and Observation Domain, whose records are looked at, each by itself with all limits of its own; what others send is stored and not looked at (unwatchedRows).',
    ),
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
  maxWaitingRows: z
    .int()
    .min(1_024)
    .max(2 ** 26)
    .default(2 ** 18)
    .describe(
      'Flow Records and NAT events that wait for the detectors of a collector, about 120 octets each; beyond it they are stored and not looked at (unwatchedRows): receiving waits for nobody.',
    ),
  assumedSamplingInterval: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .describe(
      'One of so many packets is taken to be looked at where no exporter tells how it samples, and yet hardly any TCP record shows the begin of a connection; 1 for never.',
    ),
  allow: allowSchema,
  portScan: portScanSchema.prefault({}).describe('Somebody inside asks many ports of one host.'),
  hostScan: hostScanSchema.prefault({}).describe('Somebody inside asks one port of many hosts.'),
  inboundScan: inboundScanSchema.prefault({}).describe('A stranger asks many ports of the office.'),
  bruteForce: bruteForceSchema.prefault({}).describe('Somebody guesses passwords.'),
  synFlood: synFloodSchema.prefault({}).describe('Strangers send SYNs and acknowledge nothing.'),
  portExhaustion: portExhaustionSchema.prefault({}).describe('The router has no public ports left.'),
  unknownDevice: unknownDeviceSchema.prefault({}).describe('A device is in no inventory.'),
  forbiddenService: forbiddenServiceSchema.prefault({}).describe('Somebody uses what the policy forbids.'),
  fileSharing: fileSharingSchema.prefault({}).describe('Somebody shares files with strangers.'),
  beacon: beaconSchema.prefault({}).describe('A device calls the same server again and again.'),
  dnsTunnel: dnsTunnelSchema.prefault({}).describe('A device asks DNS for many long names and connects to none of them.'),
  exfiltration: exfiltrationSchema.prefault({}).describe('A device sends much to a server of no known service.'),
  mining: miningSchema.prefault({}).describe('A device keeps a thin connection to a mining pool for long.'),
  unusualVolume: unusualVolumeSchema.prefault({}).describe('A device uses far more in a day than before, or than others.'),
});

export type DetectConfig = z.output<typeof detectSchema>;
