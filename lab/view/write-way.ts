import { join } from 'node:path';
import type { AskedStore } from '../../collector/store/flow-store.ts';
import type { World } from '../world/world.ts';
import { lostOfAll, timesOfLost } from './lost-records.ts';
import { siteFunnels } from './site-funnel.ts';
import { writeFunnels, writeLost, writeMessages } from './way-files.ts';

/** Writes what became of packets, Messages and records of a run that is over: pipeline.json, messages.csv and lost.csv. */
export async function writeWay(directory: string, world: World, store: AskedStore): Promise<void> {
  writeFunnels(join(directory, 'pipeline.json'), await siteFunnels(world, store));
  writeMessages(join(directory, 'messages.csv'), world.sent);
  writeLost(join(directory, 'lost.csv'), lostOfAll(world.sites, world.sent, timesOfLost), world.epoch.unixMs);
}
