import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import {
  DatagramReceiverPool,
  DatagramSenderPool,
  type ReceiverOptions,
  type SenderOptions,
} from '../../../runtime/dgram-socket-pool/index.ts';

export interface Received {
  text: string;
  source: string;
  receivedAtUs: number;
}

export async function receiver(
  options: Partial<ReceiverOptions> = {},
): Promise<{ pool: DatagramReceiverPool; received: Received[] }> {
  const received: Received[] = [];
  const pool = await DatagramReceiverPool.open({
    address: '127.0.0.1',
    port: 0,
    onDatagram: (payload, { address }, receivedAtUs) =>
      received.push({ text: Buffer.from(payload).toString(), source: address, receivedAtUs }),
    ...options,
  });
  onTestFinished(() => pool.close());
  return { pool, received };
}

export async function sender(to: DatagramReceiverPool, options: Partial<SenderOptions> = {}): Promise<DatagramSenderPool> {
  const pool = await DatagramSenderPool.open({ destination: to.endpoint, ...options });
  onTestFinished(() => pool.close());
  return pool;
}

export async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 5_000; waited += 5) await sleep(5);
}
