import {
  type HarnessParts,
  type MemoryTransport,
  ONE_SHARD,
  type RawClient,
  type RawConnectOptions,
  ShardHarness,
} from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1.1', 4],
  ['5.0', 5],
] as const;
/** Far above every limit of the harnesses below. */
const COUNT = 200;
const TIGHT = { maxInflightMessages: 5, queueLimitMessages: 3, maxOutBufferBytes: 200 };

/** A shard with retained messages `r/0`, `r/1`, ... */
async function retaining(qos: 0 | 1 | 2, payload = 'x', options = {}, parts: HarnessParts = {}) {
  const harness = new ShardHarness({ ...TIGHT, ...options }, parts);
  const publisher = await harness.client(4);
  for (let i = 0; i < COUNT; i++) publisher.publish(`r/${i}`, payload, { qos, retain: true });
  await publisher.ping();
  return { harness, publisher };
}

async function connect(
  harness: ShardHarness,
  version: 4 | 5,
  options: RawConnectOptions = {},
): Promise<{ client: RawClient; transport: MemoryTransport }> {
  const { client, transport } = harness.open(version);
  const lasting = version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {};
  await client.connect({ clientId: 'c', clean: false, ...lasting, ...options });
  return { client, transport };
}

/** `topic=payload` of everything that came. */
function textsOf(client: RawClient): string[] {
  const texts: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish'))
    texts.push(`${packet.topic}=${packet.payload}`);
  return texts;
}

const all = (payload = 'x') => Array.from({ length: COUNT }, (_, i) => `r/${i}=${payload}`).sort();

describe.each(VERSIONS)('replay of retained messages, MQTT %s', (_, version) => {
  it.each([0, 1, 2] as const)(
    'of QoS %i sends every message once, whatever the limits of window and queue',
    async (qos) => {
      const { harness } = await retaining(qos);
      const { client } = await connect(harness, version);
      await client.subscribe('r/#', qos);
      expect(textsOf(client).sort()).toEqual(all());
      expect(harness.shard.counters.droppedTotal - COUNT).toBe(0);
      expect(harness.shard.messages.size).toBe(0);
    },
  );

  it('waits for the acknowledgements of its client', async () => {
    const { harness } = await retaining(1);
    const { client } = await connect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('r/#', 1);
    await client.ping();
    for (let sent = 5; sent <= 20; sent++) {
      const packets = client.received.filter(({ cmd }) => cmd === 'publish');
      expect(packets).toHaveLength(sent);
      client.send({ cmd: 'puback', messageId: packets[sent - 5]?.messageId as number });
      await client.ping();
    }
    expect(harness.shard.messages.size).toBe(5);
  });

  it('waits for a client that does not read, and drops nothing', async () => {
    for (const qos of [0, 1] as const) {
      const { harness } = await retaining(qos, 'x'.repeat(5000));
      const { client, transport } = await connect(harness, version);
      transport.congest();
      client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'r/#', qos }] });
      harness.clock.runTurn();
      harness.clock.runTurn();
      expect(transport.pendingBytes).toBeLessThan(200_000);
      const texts: string[] = [];
      for (let round = 0; round < COUNT; round++) {
        transport.relieve();
        transport.congest();
        texts.push(...textsOf(client));
      }
      expect(texts.sort()).toEqual(all('x'.repeat(5000)));
    }
  });

  it('sends what is retained when its turn comes: neither what was deleted nor what was replaced', async () => {
    const { harness, publisher } = await retaining(1);
    const { client } = await connect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('r/#', 1);
    await client.ping();
    const begun = new Set(textsOf(client));
    for (let i = 0; i < COUNT; i++) publisher.publish(`r/${i}`, i % 2 === 0 ? '' : 'new', { retain: true });
    await publisher.ping();
    await client.ping();
    // Live messages of QoS 0 are not held back by the window.
    expect(textsOf(client)).toHaveLength(COUNT);
    client.autoAcknowledge = true;
    for (const packet of [...client.received])
      if (packet.cmd === 'publish' && packet.qos > 0)
        client.send({ cmd: 'puback', messageId: packet.messageId as number });
    await client.ping();
    // They are retained with QoS 0 now, so they come at once.
    const odd = all('new').filter((text) => Number(text.slice(2, text.indexOf('='))) % 2 === 1);
    expect(textsOf(client).sort()).toEqual(odd.filter((text) => !begun.has(text.replace('new', 'x'))));
  });

  it('ends with the subscription', async () => {
    const { harness } = await retaining(1);
    const { client } = await connect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('r/#', 1);
    await client.ping();
    await client.unsubscribe('r/#');
    for (const packet of [...client.received])
      if (packet.cmd === 'publish') client.send({ cmd: 'puback', messageId: packet.messageId as number });
    await client.ping();
    expect(textsOf(client)).toHaveLength(5);
    expect(harness.shard.sessions.find('c')?.replays).toBeNull();
  });

  it('begins anew with the same SUBSCRIBE again, in place of the one before', async () => {
    const { harness } = await retaining(1);
    const { client } = await connect(harness, version);
    client.autoAcknowledge = false;
    for (let i = 0; i < 3; i++) await client.subscribe('r/#', 1);
    expect(harness.shard.sessions.find('c')?.replays?.size).toBe(1);
    const begun = textsOf(client);
    client.autoAcknowledge = true;
    for (const packet of [...client.received])
      if (packet.cmd === 'publish') client.send({ cmd: 'puback', messageId: packet.messageId as number });
    await client.ping();
    expect([begun.length, textsOf(client).sort()]).toEqual([5, all()]);
  });

  it('keeps nothing for subscriptions that have gone, however many there were', async () => {
    const { harness } = await retaining(1);
    const { client } = await connect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('r/#', 1);
    for (let i = 0; i < 100; i++) {
      await client.subscribe([`+/${i}`, `r/${i}`, '#'].map((topic) => ({ topic, qos: 1 })));
      await client.unsubscribe(`+/${i}`, `r/${i}`, '#');
    }
    expect(harness.shard.sessions.find('c')?.replays?.size).toBe(1);
    await client.unsubscribe('r/#');
    expect(harness.shard.sessions.find('c')?.replays).toBeNull();
  });

  it('pauses when its filters have a lot to look at, goes on by itself, and takes turns with other clients', async () => {
    // Turns are each shard's own.
    const { harness } = await retaining(1, 'x', {}, ONE_SHARD);
    const clients = [await connect(harness, version), await connect(harness, version, { clientId: 'other' })];
    // Each looks at every one of the retained messages and finds none.
    const idle = Array.from({ length: 3000 }, (_, i) => ({ topic: `+/+/${i}`, qos: 0 as const }));
    for (const { client } of clients) {
      client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [...idle, { topic: 'r/7', qos: 0 }] });
      await client.ping();
    }
    const rounds: string[][][] = [];
    for (let tick = 0; tick < 10; tick++) {
      rounds.push(clients.map(({ client }) => textsOf(client)));
      harness.clock.advance(250);
    }
    // 600,000 levels for each, 200,000 of them in a turn.
    const [first, other] = [0, 1].map((i) => rounds.findIndex((round) => round[i]?.length === 1)) as [number, number];
    expect(first).toBeGreaterThan(3);
    expect(other - first).toBeOneOf([1, 2]);
    expect(['c', 'other'].map((clientId) => harness.shard.sessions.find(clientId)?.replays)).toEqual([null, null]);
  });

  it('goes on when the client comes back to its session', async () => {
    const { harness } = await retaining(1);
    const { client } = await connect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('r/#', 1);
    await client.ping();
    client.destroy();
    const { client: back } = await connect(harness, version);
    expect(textsOf(back).sort()).toEqual(all());
    expect(harness.shard.sessions.find('c')?.replays).toBeNull();
  });

  it('leaves nothing behind when the session ends in its midst', async () => {
    const { harness } = await retaining(1);
    const { client } = await connect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('r/#', 1);
    client.destroy();
    const { client: anew } = await connect(harness, version, { clean: true });
    await anew.ping();
    expect([textsOf(anew), harness.shard.messages.size, harness.shard.index.size]).toEqual([[], 0, 0]);
  });
});
