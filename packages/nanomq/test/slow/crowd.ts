import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';

/** Files a process needs besides its sockets. */
const OTHER_FILES = 200;
/** Connections that are being made at a time: fewer than the kernel queues. */
const AT_ONCE = 200;

/** As many clients as this machine lets one process have, at most `wanted`. */
export function possibleClients(wanted: number): number {
  const [, limit = '1024'] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Math.min(wanted, Number(limit) - OTHER_FILES);
}

/** Connects `count` clients, `client-0` and up, each with a user name and one subscription. They only listen. */
export async function connectCrowd(port: number, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const from = sockets.length;
    const made = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => connectOne(port, from + i));
    sockets.push(...(await Promise.all(made)));
  }
  return sockets;
}

async function connectOne(port: number, number: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    generate({
      cmd: 'connect',
      protocolVersion: 4,
      clientId: `client-${number}`,
      username: `user-${number}`,
      keepalive: 0,
    }),
  );
  socket.write(
    generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `room/${number}/+/temperature`, qos: 1 }] }),
  );
  // CONNACK has 4 bytes, SUBACK 5.
  for (let bytes = 0; bytes < 9; ) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    bytes += chunk.length;
  }
  return socket;
}
