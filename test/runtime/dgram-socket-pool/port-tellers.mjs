// 64 sockets that send their own port to a port of 127.0.0.1, one after the other begins, as fast as the system takes it.
import { createSocket } from 'node:dgram';

const [port] = process.argv.slice(2).map(Number);
const sockets = [];
const more = setInterval(() => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1', () => {
    const own = Buffer.alloc(32);
    own.writeUInt16BE(socket.address().port);
    sockets.push({ socket, own });
  });
  if (sockets.length >= 63) clearInterval(more);
}, 10);
const endMs = performance.now() + 1_500;
const send = () => {
  for (const { socket, own } of sockets) socket.send(own, port, '127.0.0.1');
  if (performance.now() < endMs) setImmediate(send);
  else for (const { socket } of sockets) socket.close();
};
send();
