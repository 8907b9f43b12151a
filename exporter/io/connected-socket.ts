import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Endpoint } from '../../core/net/endpoint.ts';

/** Opens a UDP socket that speaks with one peer. Rejects with the system's error when the name cannot be found. */
export async function connect({ address, port }: Endpoint, onDatagram?: (payload: Uint8Array) => void): Promise<Socket> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  if (onDatagram !== undefined) socket.on('message', onDatagram);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    socket.close();
    throw error;
  }
  // Nobody listens there yet (ICMP port unreachable): a datagram is lost, as UDP has it, and the next may not be.
  socket.on('error', () => undefined);
  return socket;
}
