import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlowBatch } from '../../../core/flow/flow-batch.ts';
import { readMessage } from '../../../core/ipfix/message-reader.ts';
import { compileDecoder } from '../../../core/ipfix/record-decoder.ts';
import { decodeRecordValues } from '../../../core/ipfix/record-values.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { exportingSchema } from '../../../exporter/exporting/config.ts';
import { ExportingProcess } from '../../../exporter/exporting/exporting-process.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const APPLICATIONS = Array.from({ length: 40 }, (_, index) => ({ id: index + 1, name: `application ${index}` }));

interface Decoded {
  readonly sequenceNumber: number;
  readonly exportTimeS: number;
  readonly length: number;
  readonly templates: number;
  readonly flows: number;
  readonly dataRecords: number;
  readonly octets: number;
}

/** Reads Messages as a collector that keeps Templates would; throws when one comes too late or anything is malformed. */
function decodeAll(messages: readonly Uint8Array[]): Decoded[] {
  const known = new Map<number, Template>();
  return messages.map((message) => {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    const counts = { templates: 0, flows: 0, dataRecords: 0, octets: 0 };
    const header = readMessage(view, {
      template: (_domain, template) => {
        counts.templates++;
        known.set(template.id, template);
      },
      withdrawal: () => undefined,
      dataSet: (_domain, id, offset, end) => {
        const template = known.get(id);
        if (template === undefined) throw new Error(`data of Template ${id} before it`);
        if (template.scopeFieldCount > 0) {
          for (let at = offset; at < end - 3; counts.dataRecords++) {
            const decoded = decodeRecordValues(template, view, at, end);
            if (!('next' in decoded)) throw new Error(decoded.detail);
            at = decoded.next;
          }
          return;
        }
        const batch = new FlowBatch(1_000);
        compileDecoder(template, ({ elementId }) => (elementId === 1 ? 'octetDeltaCount' : undefined)).decode(
          view,
          offset,
          end,
          batch,
        );
        counts.flows += batch.length;
        counts.dataRecords += batch.length;
        for (let row = 0; row < batch.length; row++) counts.octets += batch.octetDeltaCount[row] as number;
      },
      issue: ({ detail }) => {
        throw new Error(detail);
      },
    });
    if (header === undefined) throw new Error('no header');
    return { sequenceNumber: header.sequenceNumber, exportTimeS: header.exportTimeS, length: message.length, ...counts };
  });
}

test('whatever is exported when: Templates first and again, numbers of Data Records, lengths and delays as told', () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 8_000 }), records: fc.integer({ min: 0, max: 60 }) });
  const config = fc.record({
    maxMessageLength: fc.integer({ min: 512, max: 9_000 }),
    maxDelayMs: fc.integer({ min: 0, max: 3_000 }),
    templateRefreshS: fc.integer({ min: 1, max: 20 }),
    dnsNames: fc.boolean(),
  });
  fc.assert(
    fc.property(config, fc.array(step, { maxLength: 30 }), (settings, steps) => {
      const exporting = new ExportingProcess(exportingSchema.parse(settings), APPLICATIONS, new VirtualClock(), EPOCH, trueNs(0));
      const messages: Uint8Array[] = [];
      const sentAtS: number[] = [];
      let nowMs = 0;
      const take = (): void => {
        for (let message = exporting.poll(); message !== undefined; message = exporting.poll()) {
          messages.push(message);
          sentAtS.push(nowMs / 1_000);
        }
      };
      let octets = 0;
      let waitingSinceMs: number | undefined;
      for (const { waitMs, records } of steps) {
        for (const endMs = nowMs + waitMs; nowMs < endMs; nowMs++) {
          if (exporting.nextTimeout() <= nowMs * 1e6) exporting.handleTimeout(trueNs(nowMs * 1e6));
          take();
          if (exporting.batch.length === 0) waitingSinceMs = undefined;
          else expect(nowMs - (waitingSinceMs ??= nowMs)).toBeLessThanOrEqual(settings.maxDelayMs + 1);
        }
        for (let record = 0; record < records; record++) {
          exporting.batch.octetDeltaCount[exporting.batch.length++] = record;
          octets += record;
          exporting.recordsAdded(trueNs(nowMs * 1e6));
          waitingSinceMs = exporting.batch.length === 0 ? undefined : (waitingSinceMs ?? nowMs);
        }
        if (settings.dnsNames) exporting.learnName(trueNs(nowMs * 1e6), records, `name${records}.example`);
        take();
      }
      exporting.flush(trueNs(nowMs * 1e6));
      exporting.sendTemplateMessage(trueNs(nowMs * 1e6));
      take();

      const decoded = decodeAll(messages);
      let sequence = 0;
      decoded.forEach((message, index) => {
        expect(message.sequenceNumber).toBe(sequence);
        sequence += message.dataRecords;
        expect(message.length).toBeLessThanOrEqual(settings.maxMessageLength);
        expect(message.exportTimeS).toBe(EPOCH.unixMs / 1_000 + Math.floor(sentAtS[index] as number));
      });
      const flows = steps.reduce((sum, { records }) => sum + records, 0);
      expect(exporting.exported).toMatchObject({ messages: messages.length, dataRecords: sequence, flows, octets });
      expect(decoded.reduce((sum, message) => sum + message.flows, 0)).toBe(flows);
      expect(decoded.reduce((sum, message) => sum + message.octets, 0)).toBe(octets);
      expect(decoded.at(-1)).toMatchObject({ dataRecords: 0 });
      const templatesAtS = sentAtS.filter((_, index) => (decoded[index] as Decoded).templates > 0);
      for (let index = 1; index < templatesAtS.length - 1; index++) {
        expect((templatesAtS[index] as number) - (templatesAtS[index - 1] as number)).toBeLessThanOrEqual(
          settings.templateRefreshS + 0.001,
        );
      }
    }),
    { numRuns: 60 },
  );
});
