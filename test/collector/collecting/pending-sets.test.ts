import { expect, test } from 'vitest';
import { PendingSets } from '../../../collector/collecting/pending-sets.ts';

test('empty Sets are not free: a Message of 64 KiB can hold 16,000 of them', () => {
  const pending = new PendingSets(1_280);
  let dropped = 0;
  for (let set = 0; set < 100; set++) dropped += pending.add({ templateId: 256 + set, octets: new Uint8Array(0) });
  expect(dropped).toBe(90);
  expect(pending.take(345)).toEqual([]);
  expect(pending.take(346)).toHaveLength(1);
  expect(pending.take(355)).toHaveLength(1);
});
