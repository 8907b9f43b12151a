import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { readCollector } from '../../../collector/io/collector-settings.ts';
import { Listening } from '../../../collector/io/listening.ts';
import { AllowList } from '../../../collector/listening/allow-list.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { Random } from '../../../core/random/random.ts';
import { message } from '../support/exporter.ts';

const AHEAD_MS = 2_345;
const MESSAGES = 80;
/** sourceIPv4Address, octetDeltaCount, flowStartMilliseconds and flowEndMilliseconds. */
const TIMED: Template = {
  id: 256,
  scopeFieldCount: 0,
  fields: [[8, 4], [1, 8], [152, 8], [153, 8]].map(([elementId = 0, length = 0]) => ({ enterpriseNumber: 0, elementId, length })), // prettier-ignore
};

test('over a real socket: the clock of an exporter whose flows have just ended, within the bound and a busy machine', async () => {
  const { listen, allow } = readCollector(undefined, { listen: ['127.0.0.1:0'] }, []);
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  const listening = await Listening.open(listen, new AllowList(allow), collecting);
  onTestFinished(() => listening.close());
  const port = Number(/\d+$/.exec(listening.stats()[0]?.endpoint ?? '')?.[0]);
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const random = new Random(1);
  for (let sequenceNumber = 0; sequenceNumber < MESSAGES; sequenceNumber++) {
    const nowMs = Date.now() + AHEAD_MS;
    const record = [TIMED, [0x0a000005, 100, BigInt(nowMs - 50), BigInt(nowMs)]] as const;
    const exportTimeS = Math.floor(nowMs / 1_000);
    const payload = message({ sequenceNumber, exportTimeS, templates: sequenceNumber === 0 ? [TIMED] : [], records: [record] });
    await new Promise((resolve) => void socket.send(payload, port, '127.0.0.1', resolve));
    await sleep(random.uniform(5, 40));
  }
  await expect.poll(() => collecting.sessions[0]?.messages).toBe(MESSAGES);
  const { estimate, flags, steps } = collecting.sessions[0]?.clock ?? {};
  expect(steps).toBe(0);
  expect(estimate?.doubts).toEqual([]);
  expect(Math.abs((estimate?.now.offsetMs ?? Number.NaN) - AHEAD_MS)).toBeLessThan((estimate?.now.boundMs ?? 0) + 5);
  // Ahead by more than the 2 s that are tolerated.
  expect(flags?.future).toBe(MESSAGES);
});
