export { DatagramReceiverPool, type ReceiverOptions, type ReceiverStats, type Source } from './receiver-pool.ts';
export { DatagramSenderPool, MOST_POSTED, type SenderOptions, type SenderStats } from './sender-pool.ts';
export { SocketError } from './socket-error.ts';
export type { Endpoint } from './open-socket.ts';
