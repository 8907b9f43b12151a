import type { Socket } from 'node:dgram';

/** The kernel counts no datagram for less of the buffer. */
export const LEAST_OCTETS_COUNTED = 512;

/**
 * Resolves once everything that waits in the socket's buffer now has been read by Node: when a turn of the event loop finds the
 * buffer empty, or more has been read than it can hold. `seen` counts the datagrams read of the socket.
 */
export function readOut(socket: Socket, seen: () => number): Promise<void> {
  const enough = seen() + socket.getRecvBufferSize() / LEAST_OCTETS_COUNTED;
  let before: number | undefined;
  return new Promise((resolve) => {
    const look = (): void => {
      const now = seen();
      if (now === before || now >= enough) return void resolve();
      before = now;
      setImmediate(look);
    };
    // The first look comes amid a turn, and only the next has a whole one behind it.
    setImmediate(look);
  });
}
