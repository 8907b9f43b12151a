import { parentPort, type MessagePort } from 'node:worker_threads';
import { SegmentWriter, type SegmentTask } from './segment-writer.ts';

const port = parentPort as MessagePort;
const writer = new SegmentWriter();
port.on('message', (task: SegmentTask) => port.postMessage(writer.write(task)));
