import { parentPort, workerData } from 'node:worker_threads';
import { Slots } from '../../../collector/store/journal/slots.ts';

/** A thread that takes pieces as fast as they are freed, writes the number of the round into each, and tells which it took. */
const { memory, rounds } = workerData as { memory: SharedArrayBuffer; rounds: number };
const slots = new Slots(memory);
for (let round = 0; round < rounds; round++) {
  const slot = slots.wait();
  const octets = slots.octetsOf(slot);
  new DataView(octets.buffer, octets.byteOffset).setUint32(0, round);
  parentPort?.postMessage(slot);
}
