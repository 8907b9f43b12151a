import type { Advice, AlertKind } from './alert.ts';
import type { DetectConfig } from './config.ts';
import type { Detector, Surroundings } from './detector.ts';
import { portScan } from './port-scan.ts';

/** All detectors, in the order they see a batch. */
export const createDetectors = (surroundings: Surroundings, config: DetectConfig): readonly Detector[] => [
  portScan.create(surroundings, config.portScan),
];

/** What every alert of a kind says besides its own facts. */
export const ADVICE: ReadonlyMap<AlertKind, Advice> = new Map([portScan].map(({ kind, advice }) => [kind, advice]));
