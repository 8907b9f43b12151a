import type { Advice, AlertKind } from './alert.ts';
import type { DetectConfig } from './config.ts';
import type { Detector, Surroundings } from './detector.ts';
import { beacon } from './beacon.ts';
import { dnsTunnel } from './dns-tunnel.ts';
import { exfiltration } from './exfiltration.ts';
import { mining } from './mining.ts';
import { portScan } from './port-scan.ts';
import { unusualVolume } from './unusual-volume.ts';

/** All detectors, in the order they see a batch. */
export const createDetectors = (surroundings: Surroundings, config: DetectConfig): readonly Detector[] => [
  portScan.create(surroundings, config.portScan),
  beacon.create(surroundings, config.beacon),
  dnsTunnel.create(surroundings, config.dnsTunnel),
  exfiltration.create(surroundings, config.exfiltration),
  mining.create(surroundings, config.mining),
  unusualVolume.create(surroundings, config.unusualVolume),
];

/** What every alert of a kind says besides its own facts. */
export const ADVICE: ReadonlyMap<AlertKind, Advice> = new Map(
  [portScan, beacon, dnsTunnel, exfiltration, mining, unusualVolume].map(({ kind, advice }) => [kind, advice]),
);
