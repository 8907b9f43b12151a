export { DatagramReceiverPool, type ReceiverOptions, type ReceiverStats } from './receiver-pool.ts';
export { DatagramSenderPool, MOST_POSTED, type SenderOptions, type SenderStats } from './sender-pool.ts';
export { receiveStamps } from './receive-stamp.ts';
export { SocketError } from './socket-error.ts';
export type { Endpoint } from './open-socket.ts';
export type { Source } from './source-table.ts';
