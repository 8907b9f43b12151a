import type { Advice, AlertKind } from './alert.ts';
import type { DetectConfig } from './config.ts';
import type { Detector, Surroundings } from './detector.ts';
import { beacon } from './beacon.ts';
import { bruteForce } from './brute-force.ts';
import { dnsTunnel } from './dns-tunnel.ts';
import { exfiltration } from './exfiltration.ts';
import { fileSharing } from './file-sharing.ts';
import { forbiddenService } from './forbidden-service.ts';
import { hostScan } from './host-scan.ts';
import { inboundScan } from './inbound-scan.ts';
import { mining } from './mining.ts';
import { portExhaustion } from './port-exhaustion.ts';
import { portScan } from './port-scan.ts';
import { synFlood } from './syn-flood.ts';
import { unknownDevice } from './unknown-device.ts';
import { unusualVolume } from './unusual-volume.ts';

/** All detectors, in the order they see a batch. */
export const createDetectors = (surroundings: Surroundings, config: DetectConfig): readonly Detector[] => [
  portScan.create(surroundings, config.portScan),
  hostScan.create(surroundings, config.hostScan),
  inboundScan.create(surroundings, config.inboundScan),
  bruteForce.create(surroundings, config.bruteForce),
  synFlood.create(surroundings, config.synFlood),
  portExhaustion.create(surroundings, config.portExhaustion),
  unknownDevice.create(surroundings, config.unknownDevice),
  forbiddenService.create(surroundings, config.forbiddenService),
  fileSharing.create(surroundings, config.fileSharing),
  beacon.create(surroundings, config.beacon),
  dnsTunnel.create(surroundings, config.dnsTunnel),
  exfiltration.create(surroundings, config.exfiltration),
  mining.create(surroundings, config.mining),
  unusualVolume.create(surroundings, config.unusualVolume),
];

const KINDS = [
  portScan,
  hostScan,
  inboundScan,
  bruteForce,
  synFlood,
  portExhaustion,
  unknownDevice,
  forbiddenService,
  fileSharing,
  beacon,
  dnsTunnel,
  exfiltration,
  mining,
  unusualVolume,
];

/** What every alert of a kind says besides its own facts. */
export const ADVICE: ReadonlyMap<AlertKind, Advice> = new Map(KINDS.map(({ kind, advice }) => [kind, advice]));
