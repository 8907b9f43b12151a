import { collectingSchema } from '../../collector/collecting/config.ts';
import { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import type { Datagram } from '../../collector/collecting/datagram.ts';
import { readingSchema } from '../../collector/reading/config.ts';
import { ExportReader } from '../../collector/reading/export-reader.ts';
import { HostileMessages } from './hostile-messages.ts';

const LIMITS = { maxPendingOctets: 65_536, maxTemplates: 64, maxSessions: 64 };
/** Messages after which both begin anew: the state they are in matters more than how long they run. */
const MESSAGES_A_LIFE = 500;
const RECEIVED_AT_US = 1_600_000_000e6;

export interface FuzzTotals {
  messages: number;
  readRecords: number;
  collectedRecords: number;
  malformed: number;
  worstMs: number;
}

/** Gives so many hostile Messages to both ways of reading. Throws an error with the octets when one of them throws. */
export function fuzz(messages: number, seed: number, corpus: readonly Uint8Array[] = []): FuzzTotals {
  const hostile = new HostileMessages(seed);
  const totals: FuzzTotals = { messages: 0, readRecords: 0, collectedRecords: 0, malformed: 0, worstMs: 0 };
  while (totals.messages < messages) live(hostile, Math.min(MESSAGES_A_LIFE, messages - totals.messages), corpus, totals);
  return totals;
}

function live(hostile: HostileMessages, messages: number, corpus: readonly Uint8Array[], totals: FuzzTotals): void {
  const reader = new ExportReader(readingSchema.parse(LIMITS), (record) => {
    JSON.stringify(record);
    totals.readRecords++;
  });
  const collecting = new CollectingProcess(collectingSchema.parse({ ...LIMITS, batchRows: 256, maxWaitingBatches: 2 }));
  let previous: Uint8Array = new Uint8Array(4);
  for (let index = 0; index < messages; index++) {
    const payload = nextPayload(hostile, corpus, previous);
    previous = payload;
    const datagram: Datagram = {
      payload,
      source: `192.0.2.1:${1 + hostile.below(4)}`,
      receivedAtUs: RECEIVED_AT_US + hostile.below(4_000) * 1e6,
      isReliable: hostile.below(2) === 0,
    };
    const startedAt = performance.now();
    try {
      reader.handle(datagram);
      collecting.handle(datagram);
      const batch = collecting.poll();
      if (batch !== undefined) collecting.release(batch);
      if (hostile.below(100) === 0) collecting.endSession(datagram.source);
    } catch (error) {
      throw new Error(`octets made it throw: ${hexOf(payload)}`, { cause: error });
    }
    totals.worstMs = Math.max(totals.worstMs, performance.now() - startedAt);
    totals.messages++;
  }
  totals.collectedRecords += collecting.counters.dataRecords;
  totals.malformed += collecting.counters.malformed;
}

/** Half of the Messages are made, half are those of the corpus or the one before with faults. */
function nextPayload(hostile: HostileMessages, corpus: readonly Uint8Array[], previous: Uint8Array): Uint8Array {
  if (hostile.below(2) === 0) return hostile.message();
  return hostile.mutate(corpus.length > 0 ? hostile.pick(corpus) : hostile.message(), previous);
}

const hexOf = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
