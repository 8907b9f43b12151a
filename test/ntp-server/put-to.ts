import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { numbered, request } from './request-forms.ts';

/** No more at once than a socket's buffer holds. */
const BATCH = 40;
/** No other request has this in its transmit timestamp. */
const LAST = 0xfffffff0;

/**
 * Puts requests to a server on a port of 127.0.0.1 and gives the reply to each, or `undefined`. A server answers in order, so when
 * the plain request after them is answered, those without a reply will get none. A reply is known by its origin timestamp, which has
 * to end with the request's index.
 */
export async function putTo(
  port: number,
  requests: readonly Uint8Array[],
  { timeoutMs = 5_000, from = '127.0.0.1' } = {},
): Promise<(Uint8Array | undefined)[]> {
  const replies: (Uint8Array | undefined)[] = requests.map(() => undefined);
  const socket = createSocket('udp4').bind(0, from);
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  try {
    for (let begin = 0; begin < requests.length; begin += BATCH) {
      await new Promise<void>((resolve, reject) => {
        const end = (error?: Error): void => {
          clearTimeout(timer);
          socket.off('message', take).off('error', end);
          if (error === undefined) resolve();
          else reject(error);
        };
        const timer = setTimeout(() => end(new Error('the plain request at the end got no reply')), timeoutMs);
        const take = (reply: Buffer): void => {
          const number = reply.readUInt32BE(28);
          if (number === LAST) end();
          else replies[number] = new Uint8Array(reply);
        };
        // An error is that nobody listens there.
        socket.on('message', take).on('error', end);
        for (const payload of [...requests.slice(begin, begin + BATCH), numbered(request(4, 3), LAST)]) socket.send(payload);
      });
    }
    return replies;
  } finally {
    socket.close();
  }
}
