import { referenceIdOf, referenceIdOfAddress } from '../core/ntp/reference-id.ts';
import type { KeyRing } from '../core/ntp/symmetric-key.ts';
import type { Random } from '../core/random/random.ts';
import { NS_PER_MS, NS_PER_S, type Epoch } from '../core/time/instant.ts';
import { VirtualClock } from '../core/time/virtual-clock.ts';
import { Access } from './access.ts';
import { prefixesOf, type ServedTime } from './config.ts';
import { Faults } from './faults/faults.ts';
import { RateLimit } from './rate-limit.ts';
import { NtpServer } from './server.ts';

/** What a server needs beside its configuration. */
export interface ServerSurroundings {
  readonly epoch: Epoch;
  readonly random: Random;
  /** MD5 of some octets: the core has no cryptography. */
  readonly md5: (octets: Uint8Array) => Uint8Array;
  readonly keys?: KeyRing;
  /** The clock it tells the time of; without it one of the configuration's offset and drift. */
  readonly clock?: VirtualClock;
}

const LEAP_INDICATOR = { none: 0, insert: 1, delete: 2 } as const;

/** The server of a configuration. */
export function buildNtpServer(config: ServedTime, { epoch, random, md5, keys, clock }: ServerSurroundings): NtpServer {
  const { referenceId, rootDispersionMs, rateLimit } = config;
  return new NtpServer({
    clock: clock ?? new VirtualClock({ offsetNs: Math.round(config.offsetMs * NS_PER_MS), driftPpm: config.driftPpm }),
    epoch,
    stratum: config.stratum,
    precision: config.precisionLog2S,
    leap: LEAP_INDICATOR[config.leap],
    ...(referenceId === undefined ? {} : { referenceId: referenceIdOfAddress(referenceId, md5) ?? referenceIdOf(referenceId) }),
    rootDelayS: config.rootDelayMs / 1_000,
    ...(rootDispersionMs === undefined ? {} : { rootDispersionS: rootDispersionMs / 1_000 }),
    referenceIntervalNs: Math.round(config.referenceIntervalS * NS_PER_S),
    access: new Access(prefixesOf(config.allow), prefixesOf(config.deny)),
    denyKiss: config.denyKiss,
    ...(rateLimit === undefined
      ? {}
      : { rateLimit: new RateLimit(rateLimit, random.fork('rate-limit')), ratePoll: rateLimit.intervalLog2S }),
    ...(keys === undefined ? {} : { keys }),
    faults: new Faults(config.faults, random.fork('faults')),
  });
}
