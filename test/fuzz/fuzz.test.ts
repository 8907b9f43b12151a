import { expect, test } from 'vitest';
import { fuzz } from './fuzz-run.ts';

const MESSAGES = 20_000;
/** Far above what a Message takes on a busy machine, far below what a loop without end would. */
const MAX_MESSAGE_MS = 2_000;

test('no octets make either way of reading throw, hang, or find records in all of them for nothing', () => {
  const totals = fuzz(MESSAGES, 20_260_302);
  expect(totals.messages).toBe(MESSAGES);
  expect(totals.worstMs).toBeLessThan(MAX_MESSAGE_MS);
  // The Messages are not so wrong that nothing is read of them.
  expect(totals.readRecords).toBeGreaterThan(MESSAGES / 10);
  expect(totals.collectedRecords).toBeGreaterThan(MESSAGES / 10);
  expect(totals.malformed).toBeGreaterThan(MESSAGES / 10);
}, 60_000);
