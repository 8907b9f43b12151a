import { describe, expect, it } from 'vitest';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { reconcile } from '../../../collector/counting/reconciliation.ts';
import { StreamedMessages } from '../../../collector/listening/streamed-messages.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';

const whole = message({ templates: [FLOWS], records: [flow(1)] });

describe('the Messages of a connection', () => {
  it.each([
    ['ends inside a Message', whole.subarray(0, 30), 'stream-cut'],
    ['brings what is no Message', new Uint8Array(16), 'stream-lost'],
  ])('that %s are counted, and the rest is told as malformed', (_, rest, code) => {
    const collecting = new CollectingProcess(collectingSchema.parse({}));
    const stream = new StreamedMessages(collecting, '192.0.2.1:4739');
    stream.read(new Uint8Array([...whole, ...rest]), 0);
    stream.end(false);
    expect(collecting.counters).toMatchObject({ messages: 1, dataRecords: 1, malformed: 1 });
    expect(collecting.issues).toMatchObject([{ code, source: '192.0.2.1:4739', observationDomainId: 1 }]);
    const { counters, sessions, forgotten } = collecting;
    expect(reconcile({ ...counters, sessions, forgotten, intake: undefined }).sentences.at(-1)).toContain(`malformed: 1 ${code}`);
  });

  it('that ends where one ends are all', () => {
    const collecting = new CollectingProcess(collectingSchema.parse({}));
    const stream = new StreamedMessages(collecting, '192.0.2.1:4739');
    stream.read(whole, 0);
    stream.end(false);
    expect(collecting.counters).toMatchObject({ messages: 1, malformed: 0 });
  });

  it('that is broken is told of the domain it was used for last, whatever other connections bring', () => {
    const collecting = new CollectingProcess(collectingSchema.parse({}));
    const [stream, other] = ['192.0.2.1:4739', '192.0.2.2:4739'].map((source) => new StreamedMessages(collecting, source));
    for (const observationDomainId of [7, 8, 7]) stream?.read(message({ observationDomainId }), 0);
    other?.read(message({ observationDomainId: 9 }), 0);
    stream?.read(new Uint8Array(16), 0);
    expect(collecting.issues).toMatchObject([{ code: 'stream-lost', source: '192.0.2.1:4739', observationDomainId: 7 }]);
    stream?.end(false);
    expect(collecting.sessions).toMatchObject([{ source: '192.0.2.2:4739', observationDomainId: 9 }]);
    other?.end(false);
    expect(collecting.sessions).toEqual([]);
  });
});
