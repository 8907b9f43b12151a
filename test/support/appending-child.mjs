// Appends batches to a store for as long as it lives and tells of each when it is kept: `kept <first port> <rows>`. Arguments: the DuckDB file.
import { register } from 'tsx/esm/api';

register();
const { SpooledStore } = await import('../../collector/store/spooled-store.ts');
const { CollectedBatch } = await import('../../collector/collecting/collected-batch.ts');
const { spoolSchema } = await import('../../collector/store/spool/config.ts');

const store = await SpooledStore.open(process.argv[2], spoolSchema.parse({ minFreeOctets: 0 }));
const [{ next }] = await store.query('SELECT coalesce(max(octets) + 1, 0)::DOUBLE AS next FROM flows');
process.stdout.write(`begun ${next}\n`);
const batch = new CollectedBatch(4_096);
let isAsked = false;
for (let octets = next; ;) {
  batch.length = 1 + ((octets * 7_919) % 4_096);
  for (let row = 0; row < batch.length; row++) batch.octetDeltaCount[row] = octets + row;
  await store.append(batch);
  octets += batch.length;
  // Whoever asks makes the database store what waits, so that a kill meets it at work.
  if (!isAsked) {
    isAsked = true;
    void store.query('SELECT 1').then(() => (isAsked = false));
  }
  // Written at once, or a kill would take back what was said.
  process.stdout.write(`kept ${octets}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
