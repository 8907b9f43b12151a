// Appends batches to a store for as long as it lives and tells of each when it is kept: `kept <records>`. Arguments: the DuckDB file.
import { setTimeout as pause } from 'node:timers/promises';
import { register } from 'tsx/esm/api';

register();
const { SpooledStore } = await import('../../collector/store/spooled-store.ts');
const { NotStoredError } = await import('../../collector/store/flow-store.ts');
const { CollectedBatch } = await import('../../collector/collecting/collected-batch.ts');
const { spoolSchema } = await import('../../collector/store/spool/config.ts');

// A spool so small that the database stores what waits all the time, so that a kill meets it at work.
const store = await SpooledStore.open(process.argv[2], spoolSchema.parse({ minFreeOctets: 0, maxOctets: 1_048_576 }));
const [{ next }] = await store.query('SELECT coalesce(max(octets) + 1, 0)::DOUBLE AS next FROM flows');
process.stdout.write(`begun ${next}\n`);
const batch = new CollectedBatch(4_096);
for (let octets = next; ;) {
  batch.length = 1 + ((octets * 7_919) % 4_096);
  for (let row = 0; row < batch.length; row++) {
    batch.octetDeltaCount[row] = octets + row;
    // What changes as much as this takes room.
    batch.sourceAddress[row] = Math.imul(octets + row, 0x9e3779b1);
    batch.destinationAddress[row] = Math.imul(octets + row, 0x85ebca6b);
  }
  while (!(await isKept())) await pause(5);
  octets += batch.length;
  // Written at once, or a kill would take back what was said.
  process.stdout.write(`kept ${octets}\n`);
  await pause(5);
}

/** Not while the spool is full. */
async function isKept() {
  try {
    await store.append(batch);
    return true;
  } catch (error) {
    if (!(error instanceof NotStoredError)) throw error;
    return false;
  }
}
