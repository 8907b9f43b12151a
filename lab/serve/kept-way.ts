import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageRing } from '../../collector/api/view/message-ring.ts';
import type { RecordTruth } from '../../collector/api/view/record-truth.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { KnownRecords } from '../view/known-records.ts';
import type { TimedRecords } from '../view/timed-records.ts';
import { readFunnels, readLost, readMessages } from '../view/way-files.ts';
import { pipelineTopic } from './pipeline-topic.ts';

/** What became of the records of a kept run. */
export interface KeptWay {
  readonly topic: Topic;
  readonly truth: RecordTruth;
}

/** Reads what `--out` left of it; `undefined` where an earlier version left nothing. Throws a UsageError of one sentence for what is none. */
export function keptWay(
  directory: string,
  { epochUnixMs, records, ring }: { epochUnixMs: number; records: readonly TimedRecords[]; ring: MessageRing },
): KeptWay | undefined {
  const [pipeline, messages, lost] = ['pipeline.json', 'messages.csv', 'lost.csv'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  if (![pipeline, messages, lost].every((path) => existsSync(path))) return undefined;
  const funnels = readFunnels(pipeline);
  const sent = readMessages(messages);
  return {
    topic: pipelineTopic({ funnels: () => Promise.resolve(funnels), isOver: true, revision: () => 0 }),
    truth: new KnownRecords({
      epochUnixMs,
      sent,
      records,
      lost: readLost(lost, sent, epochUnixMs),
      ring,
    }),
  };
}
