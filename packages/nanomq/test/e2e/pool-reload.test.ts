import { once } from 'node:events';
import { createServer } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdministeredBroker } from './administered-broker.ts';
import { startPool } from './pool-broker.ts';

/** So many that every shard gets some of them in any run one will ever see. */
const CROWD = 32;

let broker: AdministeredBroker;
beforeAll(async () => {
  broker = await startPool();
});
afterAll(() => broker.stop());

/** How many of a crowd of connections are admitted, one after the other. */
async function admitted(prefix: string, more: object = {}): Promise<number> {
  const clients: MqttClient[] = [];
  for (let i = 0; i < CROWD; i++) {
    const options = { clientId: `${prefix}-${i}`, protocolVersion: 5, reconnectPeriod: 0, ...more } as const;
    await connectAsync(broker.url, options).then(
      (client) => clients.push(client),
      () => undefined,
    );
  }
  await Promise.all(clients.map((client) => client.endAsync(true)));
  return clients.length;
}

async function changeTo(lines: string, isTaken = true): Promise<void> {
  await broker.writeText(`${original}\n${lines}\n`);
  expect(await broker.nanomq('reload')).toMatchObject({ code: isTaken ? 0 : 1 });
}

let original: string;
beforeAll(async () => {
  original = await broker.readText();
});

describe('a reload', () => {
  it('holds on every shard at once: users, rules, limits', async () => {
    expect(await admitted('open')).toBe(CROWD);
    await changeTo('auth { allow_anonymous = false, password { bob = "secret-of-bob" } }');
    expect(await admitted('closed')).toBe(0);
    expect(await admitted('known', { username: 'bob', password: 'secret-of-bob' })).toBe(CROWD);
    await changeTo('mqtt.max_packet_size = 1KB');
    const reasons = new Set<unknown>();
    for (let i = 0; i < CROWD; i++) {
      const client = await connectAsync(broker.url, { clientId: `size-${i}`, protocolVersion: 5, reconnectPeriod: 0 });
      client.publish('t', 'x'.repeat(2000));
      const reason = await new Promise((resolve) => client.once('disconnect', (packet) => resolve(packet.reasonCode)));
      reasons.add(reason);
    }
    expect(reasons).toEqual(new Set([0x95]));
    await changeTo('');
  });

  it('that cannot be used changes no shard', async () => {
    await changeTo(
      'auth { allow_anonymous = false, jwt { algorithm = RS256, public.keyfile = "missing.pem" } }',
      false,
    );
    expect(await admitted('still')).toBe(CROWD);
  });
});

describe('a ban', () => {
  it('made over the API holds on every shard, and ends who is connected to any', async () => {
    const options = { protocolVersion: 5, reconnectPeriod: 0, username: 'eve' } as const;
    const clients = await Promise.all(
      Array.from({ length: CROWD }, (_, i) => connectAsync(broker.url, { ...options, clientId: `eve-${i}` })),
    );
    const reasons = clients.map(
      (client) => new Promise((resolve) => client.once('disconnect', ({ reasonCode }) => resolve(reasonCode))),
    );
    const body = JSON.stringify({ kind: 'username', value: 'eve' });
    expect((await broker.call('POST', '/api/v4/bans', body)).status).toBeLessThan(300);
    expect(new Set(await Promise.all(reasons))).toEqual(new Set([0x98]));
    expect(await admitted('eve', { username: 'eve' })).toBe(0);
    expect((await broker.call('DELETE', '/api/v4/bans/username/eve')).status).toBeLessThan(300);
    expect(await admitted('eve', { username: 'eve' })).toBe(CROWD);
  });
});

describe('limits of the whole broker', () => {
  it('max_connections counts the clients of all shards', async () => {
    await changeTo('mqtt.max_connections = 10');
    const clients: MqttClient[] = [];
    for (let i = 0; i < CROWD; i++) {
      const options = { clientId: `limit-${i}`, protocolVersion: 5, reconnectPeriod: 0 } as const;
      await connectAsync(broker.url, options).then(
        (client) => clients.push(client),
        () => undefined,
      );
    }
    expect(clients).toHaveLength(10);
    await Promise.all(clients.map((client) => client.endAsync(true)));
    await changeTo('');
  });
});

describe('start and end', () => {
  it('a restart in the process serves again on the same ports', async () => {
    expect(await broker.nanomq('restart')).toMatchObject({ code: 0 });
    expect(await admitted('again')).toBe(CROWD);
  });

  it('SIGTERM tells every client 0x8B, and the process ends with 0 within 5 s', async () => {
    const ending = await startPool();
    const clients = await Promise.all(
      Array.from({ length: CROWD }, (_, i) =>
        connectAsync(ending.url, { clientId: `end-${i}`, protocolVersion: 5, reconnectPeriod: 0 }),
      ),
    );
    const reasons = clients.map(
      (client) => new Promise((resolve) => client.once('disconnect', ({ reasonCode }) => resolve(reasonCode))),
    );
    const beganMs = performance.now();
    expect(await ending.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - beganMs).toBeLessThan(5000);
    expect(new Set(await Promise.all(reasons))).toEqual(new Set([0x8b]));
  });

  it('a port that is taken fails the start with one line that says so', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const start = startPool(`listeners.tcp.second.bind = "127.0.0.1:${port}"`);
    await expect(start.then(() => 'it started')).rejects.toThrow(
      `listener tcp:second cannot listen on 127.0.0.1:${port}: the address is in use by another process`,
    );
    taken.close();
  });
});
