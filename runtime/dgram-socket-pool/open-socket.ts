import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { SocketError } from './socket-error.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Opens and binds one socket. Rejects with a `SocketError`; nothing stays open then. */
export async function openSocket(
  { address, port }: Endpoint,
  options: { readonly reusePort?: boolean; readonly reuseAddr?: boolean },
): Promise<Socket> {
  const socket = createSocket({ ...options, type: isIPv6(address) ? 'udp6' : 'udp4' });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address, port, exclusive: true }, () => {
        socket.off('error', reject);
        // A later error (an ICMP message the kernel passes on) is about one datagram and no reason to end.
        socket.on('error', () => undefined);
        resolve();
      });
    });
  } catch (error) {
    await close(socket);
    throw new SocketError(`cannot bind ${formatEndpoint({ address, port })}`, error as NodeJS.ErrnoException);
  }
  return socket;
}

/** Asks the kernel for a buffer; one that refuses a size (BSD does) leaves the socket with the buffer it had. */
export function askForBuffer(socket: Socket, kind: 'receive' | 'send', octets: number | undefined): void {
  if (octets === undefined) return;
  try {
    if (kind === 'receive') socket.setRecvBufferSize(octets);
    else socket.setSendBufferSize(octets);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_BUFFER_SIZE') throw error;
  }
}

export const close = (socket: Socket): Promise<void> => new Promise((resolve) => void socket.close(() => resolve()));

/** `127.0.0.1:4739`, `[::1]:4739`. */
export const formatEndpoint = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
