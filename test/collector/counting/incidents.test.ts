import { describe, expect, it } from 'vitest';
import { ExporterRows } from '../../../collector/api/exporter-rows.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { IncidentWatch } from '../../../collector/counting/incidents.ts';
import { reconcile } from '../../../collector/counting/reconciliation.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';

describe('a connection and a session over UDP from the same address and port', () => {
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  const send = (sequenceNumber: number, isReliable: boolean) =>
    collecting.handle({
      payload: message({ sequenceNumber, templates: [FLOWS], records: [flow(1)] }),
      source: '192.0.2.1:4739',
      receivedAtUs: 0,
      isReliable,
    });
  const watched = () => {
    const { sessions, counters } = collecting;
    return { ...counters, sessions, kernelDrops: undefined, storeStopped: undefined };
  };

  it('are two: each is watched, counted and told by itself', () => {
    const watch = new IncidentWatch();
    const rows = new ExporterRows(10);
    for (const isReliable of [false, true]) send(0, isReliable);
    expect(watch.look(watched()).map(({ sentence }) => sentence)).toEqual(['sends ipfix', 'sends ipfix over a connection']);
    rows.update(collecting.sessions);
    send(1, false);
    send(11, true);
    expect(watch.look(watched())).toMatchObject([{ code: 'loss', count: 10 }]);
    expect(watch.look(watched())).toEqual([]);
    expect(rows.update(collecting.sessions)).toMatchObject([{ exporter: '192.0.2.1', growing: { messages: 4, dataRecords: 4 } }]);
    const { sentences } = reconcile({
      ...collecting.counters,
      sessions: collecting.sessions,
      forgotten: collecting.forgotten,
      intake: undefined,
    });
    expect(sentences.map((sentence) => sentence.split(',')[0])).toEqual(['192.0.2.1:4739', '192.0.2.1:4739 (a connection)']);
  });
});
