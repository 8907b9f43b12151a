import { afterEach, expect, test, vi } from 'vitest';
import type { WireView } from '../../../../collector/api/view/wire-view.ts';
import { CollectingProcess } from '../../../../collector/collecting/collecting-process.ts';
import { collectorSchema } from '../../../../collector/config.ts';
import { tappedWire, type Tapped } from '../../../../collector/io/page/wire-tap.ts';

const { collecting: limits, api } = collectorSchema.parse({});
const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const TEMPLATE = octets('000a001c 65e00000 00000000 00000001 0002000c 01000001 00070002');
const DATA = octets('000a0018 65e00001 00000000 00000001 01000008 003501bb');

afterEach(() => {
  vi.useRealTimers();
});

/** A collector as far as the tap knows it. */
function collector() {
  const collecting = new CollectingProcess(limits);
  const tapped: Tapped = { tap: undefined };
  const topic = tappedWire(tapped, api.wire, ({ protocol, source, observationDomainId: domain }, id) =>
    protocol === undefined ? undefined : collecting.templateOf({ protocol, source, domain }, id),
  );
  const receive = (payload: Uint8Array): void => {
    const datagram = { payload, source: '192.0.2.1:4739', receivedAtUs: 1 };
    tapped.tap?.(datagram);
    collecting.handle(datagram);
  };
  return { tapped, topic, receive, view: async () => (await topic.view(new Map())) as WireView };
}

test('nothing is kept until somebody looks, and then what comes, read by the Templates the collector knew', async () => {
  const { tapped, receive, view } = collector();
  receive(TEMPLATE);
  receive(DATA);
  expect(tapped.tap).toBeUndefined();
  expect((await view()).count).toBe(0);
  receive(DATA);
  const { count, messages, message } = await view();
  expect(count).toBe(1);
  expect(messages[0]).toMatchObject({ state: 'decoded', records: 2, protocol: 'ipfix' });
  expect(message?.toldIn).toEqual({});
});

test('when nobody looks any more all is forgotten', async () => {
  vi.useFakeTimers();
  const { tapped, topic, receive, view } = collector();
  await view();
  receive(DATA);
  vi.advanceTimersByTime(api.wire.keptS * 900);
  topic.revision?.();
  vi.advanceTimersByTime(api.wire.keptS * 900);
  expect(tapped.tap).toBeDefined();
  expect((await view()).count).toBe(1);
  const before = topic.revision?.();
  vi.advanceTimersByTime(api.wire.keptS * 1_001);
  expect(tapped.tap).toBeUndefined();
  expect(topic.revision?.()).not.toBe(before);
  expect((await view()).messages).toEqual([]);
});

test('a number is given once, so that a link never shows another datagram, and it is said what is not kept', async () => {
  vi.useFakeTimers();
  const { receive, view } = collector();
  const kept = 'only the newest are, 5,000 and 16,777,216 octets at most, from when somebody looks until nobody does.';
  await view();
  receive(DATA);
  expect(await view()).toMatchObject({ messages: [{ index: 0 }], end: `What came before somebody looked is not kept: ${kept}` });
  vi.advanceTimersByTime(api.wire.keptS * 1_001);
  await view();
  receive(DATA);
  expect(await view()).toMatchObject({ messages: [{ index: 1 }], end: `What came before Message 1 is not kept: ${kept}` });
});

test('the parameter exporter chooses whose datagrams are listed, as it does for the other topics', async () => {
  const { topic, receive, view } = collector();
  await view();
  receive(DATA);
  const listed = async (exporter: string): Promise<number> =>
    ((await topic.view(new Map([['exporter', exporter]]))) as WireView).messages.length;
  expect(await listed('192.0.2.1 domain 1')).toBe(1);
  expect(await listed('all')).toBe(1);
  expect(await listed('192.0.2.1 domain 2')).toBe(0);
  expect(await listed('192.0.2.2 domain 1')).toBe(0);
  await expect(listed('gate')).rejects.toThrow('exporter is "gate"');
});
