import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { keptBy, NOTHING_KEPT } from './kept-by.ts';

const CYCLES = 200;
const VERSIONS = [
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

type Life = (harness: ShardHarness, version: 4 | 5, cycle: number) => Promise<void>;

async function gone(client: RawClient): Promise<void> {
  client.destroy();
  await Promise.resolve();
}

/** What a client may do in its life; afterwards nobody and nothing is there. */
const LIVES: readonly [does: string, life: Life][] = [
  [
    'connects and goes, with and without DISCONNECT',
    async (harness, version, cycle) => {
      const will = { topic: `w/${cycle}`, payload: Buffer.from('x'), qos: 1 as const, retain: false };
      const client = await harness.client(version, { clientId: `c${cycle}`, will });
      if (cycle % 2 === 0) client.send({ cmd: 'disconnect' });
      await gone(client);
    },
  ],
  [
    'goes before it has sent CONNECT, or after half of it',
    async (harness, version, cycle) => {
      const { client } = harness.open(version);
      if (cycle % 2 === 0) client.sendHex('10 20 00 04');
      await gone(client);
    },
  ],
  [
    'subscribes to ever new filters of every kind and unsubscribes',
    async (harness, version, cycle) => {
      const client = await harness.client(version, { clientId: 'c' });
      const filters = [`a/${cycle}`, `a/${cycle}/+`, `+/${cycle}/#`, `$share/${cycle}/a`, `$share/g/a/${cycle}/#`];
      await client.subscribe(filters.map((topic) => ({ topic, qos: 1 as const })));
      await client.unsubscribe(...filters);
      await gone(client);
    },
  ],
  [
    'takes its subscriptions and unacknowledged messages with it',
    async (harness, version, cycle) => {
      const client = await harness.client(version, { clientId: `c${cycle}` });
      client.autoAcknowledge = false;
      await client.subscribe([`a/${cycle}`, `a/+`, '$share/g/a/#'].map((topic) => ({ topic, qos: 2 as const })));
      for (const qos of [0, 1, 2] as const) client.publish(`a/${cycle}`, 'x', { qos });
      await client.ping();
      await gone(client);
    },
  ],
  [
    'leaves a session that expires, with messages that waited for it',
    async (harness, version, cycle) => {
      const properties = { sessionExpiryInterval: 10 };
      const client = await harness.client(5, { clientId: `c${cycle}`, clean: false, properties });
      await client.subscribe('a/#', 2);
      await gone(client);
      const publisher = await harness.client(version, { clientId: 'p' });
      for (const qos of [1, 2] as const) publisher.publish('a', 'x', { qos });
      await publisher.ping();
      await gone(publisher);
      harness.clock.advance(11_000);
    },
  ],
  [
    'takes its session over from itself and ends it',
    async (harness, version) => {
      const clients: RawClient[] = [];
      for (const clean of [false, false, true]) {
        const client = await harness.client(version, { clientId: 'c', clean });
        await client.subscribe('a/+', 1);
        client.publish('a/b', 'x', { qos: 1 });
        clients.push(client);
      }
      for (const client of clients) await gone(client);
    },
  ],
  [
    'retains a message and deletes it',
    async (harness, version, cycle) => {
      const client = await harness.client(version, { clientId: 'c' });
      for (const payload of ['x', '']) client.publish(`r/${cycle}/x`, payload, { retain: true, qos: 1 });
      await client.ping();
      await gone(client);
    },
  ],
  [
    'breaks the protocol in the midst of everything',
    async (harness, version, cycle) => {
      const client = await harness.client(version, { clientId: `c${cycle}`, keepAliveSeconds: 10 });
      await client.subscribe('$share/g/+', 2);
      client.publish('a', 'x', { qos: 2 });
      client.sendHex('f0 00');
      await client.expectClosed();
    },
  ],
];

describe.each(VERSIONS)('a client of MQTT %s that', (_, version) => {
  it.each(LIVES)(`%s, ${CYCLES} times, leaves nothing behind`, async (_, life) => {
    const harness = new ShardHarness({ routeCacheEntries: 50 });
    for (let cycle = 0; cycle < CYCLES; cycle++) await life(harness, version, cycle);
    harness.clock.advance(1000);
    expect(keptBy(harness.shard)).toEqual(NOTHING_KEPT);
    expect([harness.shard.retained.size, harness.shard.retained.bytes]).toEqual([0, 0]);
    expect(harness.shard.routeCache.size).toBeLessThanOrEqual(50);
  });
});
