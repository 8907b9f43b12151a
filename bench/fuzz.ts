import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { CaptureReader } from '../core/net/capture/capture-reader.ts';
import { UdpReader } from '../core/net/packet/udp-reader.ts';
import { fuzz } from '../test/fuzz/fuzz-run.ts';

/**
 * Hostile Messages without end: `node --expose-gc --import tsx bench/fuzz.ts 1000000 1 [directory of captures]`. The same seed gives the same
 * Messages. Ends with an error when octets make something throw, a Message takes seconds or memory grows.
 */
const [messages = '100000', seed = '1', directory = '../shared/corpus/files'] = process.argv.slice(2);
const ROUND = 50_000;
const DATAGRAMS_A_FILE = 60;
const MAX_MESSAGE_MS = 5_000;
const MAX_GROWTH_MB = 64;

function payloadsOf(file: string): Uint8Array[] {
  const capture = new CaptureReader();
  const udp = new UdpReader({ maxPackets: 10, timeoutS: 60 });
  const payloads: Uint8Array[] = [];
  capture.handle(new Uint8Array(readFileSync(file)));
  while (payloads.length < DATAGRAMS_A_FILE && capture.next()) {
    const datagram = udp.read(capture.frame);
    if (datagram !== undefined) payloads.push(new Uint8Array(datagram.payload));
  }
  return payloads;
}

const corpus = existsSync(directory) ? readdirSync(directory).flatMap((name) => payloadsOf(`${directory}/${name}`)) : [];
let baseMB: number | undefined;
for (let done = 0; done < Number(messages); done += ROUND) {
  const totals = fuzz(Math.min(ROUND, Number(messages) - done), Number(seed) + done, corpus);
  (globalThis as { gc?: () => void }).gc?.();
  const memory = process.memoryUsage();
  const heldMB = (memory.heapUsed + memory.arrayBuffers) / 1e6;
  baseMB ??= heldMB;
  console.log(JSON.stringify({ done: done + totals.messages, ...totals, heldMB: Math.round(heldMB) }));
  if (totals.worstMs > MAX_MESSAGE_MS) throw new Error(`a Message took ${totals.worstMs} ms`);
  if (heldMB - baseMB > MAX_GROWTH_MB) throw new Error(`memory grew from ${baseMB} to ${heldMB} MB`);
}
