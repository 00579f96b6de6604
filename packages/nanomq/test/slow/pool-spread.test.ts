import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AdministeredBroker } from '../e2e/administered-broker.ts';
import { metricOf, SHARDS, startPool } from '../e2e/pool-broker.ts';

// Alone on the machine: shards that have to share their cores with other work take connections as they get to run.
const CONNECTIONS = 1000;
const MOST_OF_MEAN = 1.5;

let broker: AdministeredBroker;
beforeAll(async () => {
  broker = await startPool();
});
afterAll(() => broker.stop());

/** CONNECT of MQTT 3.1.1, clean session, no keep alive. */
function connectPacket(clientId: string): Buffer {
  const head = Buffer.from([0x10, 12 + clientId.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, clientId.length]);
  return Buffer.concat([head, Buffer.from(clientId)]);
}

async function admitted(clientId: string): Promise<Socket> {
  const socket = connect(broker.port, '127.0.0.1');
  socket.write(connectPacket(clientId));
  await once(socket, 'data');
  return socket;
}

it.each([
  ['at once', CONNECTIONS],
  ['fifty at a time', 50],
  ['one after the other', 1],
])('1,000 connections, %s: the busiest shard has at most 1.5 times the mean', async (_, atOnce) => {
  const sockets: Socket[] = [];
  while (sockets.length < CONNECTIONS) {
    const names = Array.from({ length: Math.min(atOnce, CONNECTIONS - sockets.length) }, (_, i) => sockets.length + i);
    sockets.push(...(await Promise.all(names.map((i) => admitted(`c${i}`)))));
  }
  const counts = [...(await metricOf(broker, 'nanomq_connections_by_shard')).values()];
  expect(counts.reduce((sum, count) => sum + count)).toBe(CONNECTIONS);
  expect(Math.max(...counts)).toBeLessThanOrEqual((CONNECTIONS / SHARDS) * MOST_OF_MEAN);
  for (const socket of sockets) socket.destroy();
  const online = async () => [...(await metricOf(broker, 'nanomq_connections')).values()];
  await expect.poll(online).toEqual([0]);
});
