import type { Advice, AlertKind } from './alert.ts';
import type { DetectConfig } from './config.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
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

type Kinds = {
  readonly [Name in Exclude<keyof DetectConfig, 'allow' | 'assumedSamplingInterval' | `max${string}`>]: DetectorKind<
    DetectConfig[Name]
  >;
};

/** By the name of their options, in the order they see a batch. */
const KINDS: Kinds = {
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
};

/** All detectors. */
export function createDetectors(surroundings: Surroundings, config: DetectConfig): readonly Detector[] {
  const create = <Name extends keyof Kinds>(name: Name): Detector => KINDS[name].create(surroundings, config[name]);
  return (Object.keys(KINDS) as (keyof Kinds)[]).map(create);
}

/** What every alert of a kind says besides its own facts. */
export const ADVICE: ReadonlyMap<AlertKind, Advice> = new Map(Object.values(KINDS).map(({ kind, advice }) => [kind, advice]));
