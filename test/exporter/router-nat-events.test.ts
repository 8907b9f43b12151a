import { expect, test } from 'vitest';
import { readMessage } from '../../core/ipfix/message-reader.ts';
import { decodeRecordValues } from '../../core/ipfix/record-values.ts';
import { minimumRecordLength, type Template } from '../../core/ipfix/template.ts';
import type { PacketTrain } from '../../core/net/packet-train.ts';
import { Random } from '../../core/random/random.ts';
import { NS_PER_MS, trueNs, type TrueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { routerSchema } from '../../exporter/config.ts';
import { Router } from '../../exporter/router.ts';
import { connectionWith } from '../support/connection.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const FAST_MS = 300_000;

const train = (startNs: TrueNs, insidePort: number): PacketTrain => ({
  connection: connectionWith({
    id: insidePort,
    protocol: 17,
    insidePort,
  }),
  direction: 'up',
  startNs,
  intervalNs: 0,
  packets: 1,
  octets: 60,
  tcpFlagsFirst: 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
});

/** Records with a natEvent, by element number, and how many Messages carried any. */
function eventsOf(messages: readonly Uint8Array[]): { events: Record<number, unknown>[]; carriers: number } {
  const templates = new Map<number, Template>();
  const events: Record<number, unknown>[] = [];
  let carriers = 0;
  for (const message of messages) {
    const before = events.length;
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    readMessage(view, {
      template: (_domain, template) => templates.set(template.id, template),
      withdrawal: () => undefined,
      issue: ({ detail }) => {
        throw new Error(detail);
      },
      dataSet: (_domain, id, offset, end) => {
        const template = templates.get(id);
        if (template === undefined) throw new Error(`data of Template ${id} before it`);
        if (!template.fields.some(({ elementId }) => elementId === 230)) return;
        for (let from = offset; from + minimumRecordLength(template.fields) <= end;) {
          const decoded = decodeRecordValues(template, view, from, end);
          if (!('next' in decoded)) throw new Error(decoded.detail);
          events.push(Object.fromEntries(template.fields.map(({ elementId }, index) => [elementId, decoded.values[index]])));
          from = decoded.next;
        }
      },
    });
    if (events.length > before) carriers++;
  }
  return { events, carriers };
}

test("NAT events leave with the router's own time, a delete with that of the expiry, many in a Message", () => {
  const config = routerSchema.parse({ nat: { natEvents: 'both', udpTimeoutS: 120 } });
  const clock = new VirtualClock({ offsetNs: FAST_MS * NS_PER_MS });
  const router = new Router(config, clock, EPOCH, trueNs(0), new Random(1));
  const messages: Uint8Array[] = [];
  const take = (): void => {
    for (let message = router.poll(); message !== undefined; message = router.poll()) messages.push(message);
  };
  for (let index = 0; index < 100; index++)
    router.forwardOut(trueNs(index * NS_PER_MS), train(trueNs(index * NS_PER_MS), 2_000 + index));
  for (let due = router.nextTimeout(); due < 200e9; due = router.nextTimeout()) {
    router.handleTimeout(due);
    take();
  }
  const { events, carriers } = eventsOf(messages);
  const of = (natEvent: number) => events.filter((event) => event[230] === natEvent);
  for (const natEvent of [4, 5, 8, 9])
    expect(of(natEvent).map((event) => event[7])).toEqual(Array.from({ length: 100 }, (_, index) => 2_000 + index));
  const times = (natEvent: number) => of(natEvent).map((event) => event[323]);
  const created = Array.from({ length: 100 }, (_, index) => EPOCH.unixMs + FAST_MS + index);
  expect(times(4)).toEqual(created);
  expect(times(8)).toEqual(created);
  expect(times(5)).toEqual(created.map((ms) => ms + 120_000));
  expect(times(9)).toEqual(created.map((ms) => ms + 120_000));
  expect(carriers).toBeLessThan(20);
});
