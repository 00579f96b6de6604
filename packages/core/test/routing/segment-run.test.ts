import { MemoryLink, ONE_SHARD, type RawClient, type RawConnectOptions, ShardHarness } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { DropReason } from '../../src/observe/drop-reason.ts';
import { HeldLink } from '../model/held-link.ts';

/** Around the number from which a route collects a segment for the turn. */
const RECEIVER_COUNTS = [1, 4, 5, 40];
const CASES = RECEIVER_COUNTS.flatMap((count) =>
  ([3, 4, 5] as const).flatMap((from) =>
    ([4, 5] as const).map((to) => [`${count} receivers, MQTT version ${from} to ${to}`, count, from, to] as const),
  ),
);

interface Publisher {
  readonly client: RawClient;
  /** Publishes QoS 0 messages `topic=payload` in one chunk. */
  chunk(texts: readonly string[]): void;
}

async function publisherOf(harness: ShardHarness, version: 3 | 4 | 5): Promise<Publisher> {
  const { client, transport } = harness.open(version);
  const link = new HeldLink(new MemoryLink(transport, () => harness.clock.runTurn()));
  // The client's own link goes on reading; what it sends takes the other one.
  vi.spyOn(client.link, 'send').mockImplementation((bytes) => link.send(bytes));
  await client.connect({ clientId: `publisher-${version}` });
  return {
    client,
    chunk: (texts) => {
      link.hold();
      for (const text of texts) client.publish(...(text.split('=') as [string, string]));
      link.release();
    },
  };
}

function receivers(
  harness: ShardHarness,
  count: number,
  version: 3 | 4 | 5,
  filter: string,
  options: RawConnectOptions = {},
): Promise<RawClient[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = await harness.client(version, options);
      await client.subscribe(filter);
      return client;
    }),
  );
}

/** `topic=payload` of everything that has come. */
function textsOf(client: RawClient): string[] {
  const texts: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish'))
    texts.push(`${packet.topic}=${packet.payload}`);
  return texts;
}

const numbered = (topic: string, count: number) => Array.from({ length: count }, (_, i) => `${topic}=${i}`);

describe('SegmentRun', () => {
  it.each(CASES)('gives each of %s every message once and in order', async (_, count, from, to) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const publisher = await publisherOf(harness, from);
    const clients = await receivers(harness, count, to, 't/#');
    const texts = numbered('t/a', 50);
    publisher.chunk(texts.slice(0, 20));
    publisher.chunk(texts.slice(20, 21));
    harness.clock.runTurn();
    publisher.chunk(texts.slice(21));
    for (const client of clients) expect(textsOf(client)).toEqual(texts);
    expect(harness.shard.counters.publishSentByQos).toEqual([50 * count, 0, 0]);
    expect(harness.shard.counters.droppedTotal).toBe(0);
  });

  it.each(RECEIVER_COUNTS)(
    'keeps the order across topics and publishers for %i receivers [MQTT-4.6.0-5]',
    async (count) => {
      const harness = new ShardHarness({}, ONE_SHARD);
      const [one, other] = [await publisherOf(harness, 4), await publisherOf(harness, 5)];
      // Of both versions, each with the other topic too, so that routes differ in their groups.
      const all = [...(await receivers(harness, count, 4, '#')), ...(await receivers(harness, count, 5, '#'))];
      const half = await receivers(harness, count, 5, 'a');
      const texts = ['a=0', 'b=1', 'a=2', 'a=3', 'b=4', 'b=5', 'c=6', 'a=7'];
      one.chunk(texts.slice(0, 5));
      other.chunk(texts.slice(5, 7));
      one.chunk(texts.slice(7));
      for (const client of all) expect(textsOf(client)).toEqual(texts);
      for (const client of half) expect(textsOf(client)).toEqual(texts.filter((text) => text.startsWith('a')));
    },
  );

  it('gives any mix of topics, chunks and turns to every receiver in the order published [MQTT-4.6.0-5] [MQTT-4.6.0-6]', async () => {
    const chunk = fc.array(fc.constantFrom('a', 'b', 'a/b', 'none'), { minLength: 1, maxLength: 6 });
    const script = fc.array(fc.oneof({ weight: 4, arbitrary: chunk }, fc.constant('turn' as const)), { maxLength: 20 });
    const harness = new ShardHarness({}, ONE_SHARD);
    const publishers = [await publisherOf(harness, 4), await publisherOf(harness, 5)];
    const filters = ['a', 'b', '#', 'a/#', '+'];
    const clients = new Map<string, RawClient[]>();
    for (const filter of filters) {
      const few = await receivers(harness, 2, 5, filter);
      clients.set(filter, [...few, ...(await receivers(harness, 6, 4, filter))]);
    }
    const takes: Readonly<Record<string, RegExp>> = { a: /^a$/, b: /^b$/, '#': /./, 'a/#': /^a/, '+': /^[^/]+$/ };
    fc.assert(
      fc.property(script, (steps) => {
        let number = 0;
        const texts: string[] = [];
        for (const step of steps) {
          if (step === 'turn') harness.clock.runTurn();
          else {
            const chunkTexts = step.map((topic) => `${topic}=${number++}`);
            texts.push(...chunkTexts);
            publishers[number % 2]?.chunk(chunkTexts);
          }
        }
        for (const [filter, group] of clients) {
          const expected = texts.filter((text) => takes[filter]?.test(text.split('=')[0] as string));
          for (const client of group) expect(textsOf(client)).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets many receivers write the same memory, and does not touch it while one of them still holds it', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const publisher = await publisherOf(harness, 4);
    const opened = Array.from({ length: 10 }, () => harness.open(4));
    for (const [i, { client }] of opened.entries()) {
      await client.connect({ clientId: `c${i}` });
      await client.subscribe('t');
    }
    const writes = opened.map(({ transport }) => vi.spyOn(transport, 'write'));
    const slow = opened[3] as (typeof opened)[number];
    slow.transport.congest();
    const texts = numbered('t', 200);
    publisher.chunk(texts.slice(0, 100));
    harness.clock.runTurn();
    const first = writes.map((write) => write.mock.calls[0]?.[0] as Buffer);
    expect(new Set(first.map(({ buffer }) => buffer)).size).toBe(1);
    publisher.chunk(texts.slice(100));
    harness.clock.runTurn();
    slow.transport.relieve();
    for (const { client } of opened) expect(textsOf(client)).toEqual(texts);
  });

  it('hands out a long segment before the turn ends, whole and in order', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const publisher = await publisherOf(harness, 4);
    const clients = await receivers(harness, 6, 4, 't');
    const texts = Array.from({ length: 40 }, (_, i) => `t=${i}${'x'.repeat(10_000)}`);
    for (const text of texts) publisher.chunk([text]);
    for (const client of clients) expect(textsOf(client)).toEqual(texts);
  });

  it.each(RECEIVER_COUNTS)(
    'passes by receivers that are away, slow, or take no packet that large, and counts by reason, %i others [MQTT-3.1.2-24] [MQTT-3.1.2-25]',
    async (count) => {
      const harness = new ShardHarness({ maxOutBufferBytes: 4 }, ONE_SHARD);
      const publisher = await publisherOf(harness, 5);
      const others = await receivers(harness, count, 5, 't');
      const [small] = await receivers(harness, 1, 5, 't', { properties: { maximumPacketSize: 20 } });
      const [away] = await receivers(harness, 1, 5, 't', {
        clientId: 'away',
        clean: false,
        properties: { sessionExpiryInterval: 100 },
      });
      away?.destroy();
      const slow = harness.open(5);
      await slow.client.connect({ clientId: 'slow' });
      await slow.client.subscribe('t');
      slow.transport.congest();
      const texts = ['t=1', `t=2${'x'.repeat(20)}`, 't=3'];
      publisher.chunk(texts.slice(0, 1));
      harness.clock.runTurn();
      for (const text of [...texts.slice(1), ...texts]) publisher.chunk([text]);
      for (const client of others) expect(textsOf(client)).toEqual([...texts, ...texts]);
      expect(textsOf(small as RawClient)).toEqual(['t=1', 't=3', 't=1', 't=3']);
      const { dropped } = harness.shard.counters;
      expect([dropped[DropReason.Offline], dropped[DropReason.TooLarge]]).toEqual([6, 2]);
      slow.transport.relieve();
      expect(textsOf(slow.client)).toEqual(['t=1']);
      expect(dropped[DropReason.SlowReceiver]).toBe(5);
    },
  );

  it('adds each receiver group its own subscription identifier, and none for MQTT 3.x', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const publisher = await publisherOf(harness, 4);
    const clients: RawClient[] = [];
    for (let i = 0; i < 12; i++) {
      const client = await harness.client(5);
      await client.subscribe('t', 0, 1 + (i % 2) * 1000);
      clients.push(client);
    }
    const old = await receivers(harness, 6, 4, 't');
    publisher.chunk(numbered('t', 5));
    for (const [i, client] of clients.entries()) {
      for (let n = 0; n < 5; n++) {
        const { payload, properties } = await client.next('publish');
        expect([`${payload}`, properties?.subscriptionIdentifier]).toEqual([`${n}`, 1 + (i % 2) * 1000]);
      }
    }
    for (const client of old) expect(textsOf(client)).toEqual(numbered('t', 5));
  });

  it('keeps own messages from No Local receivers of a large group [MQTT-3.8.3-3]', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const clients: RawClient[] = [];
    for (let i = 0; i < 8; i++) {
      const client = await harness.client(5);
      await client.subscribe([{ topic: 't', qos: 0, nl: true }]);
      clients.push(client);
    }
    clients[0]?.publish('t', '0');
    clients[1]?.publish('t', '1');
    const all = ['t=0', 't=1'];
    for (const [i, client] of clients.entries()) {
      expect(textsOf(client)).toEqual(all.filter((text) => text !== `t=${i}`));
    }
  });

  it('leaves no buffer in the routes, however many topics there are', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const publisher = await publisherOf(harness, 4);
    const clients = await receivers(harness, 6, 4, '#');
    const topics = Array.from({ length: 20 }, (_, i) => `t/${i}`);
    for (const topic of topics) publisher.chunk([`${topic}=x`, `${topic}=${'y'.repeat(300)}`]);
    for (const topic of topics) publisher.chunk([`${topic}=z`]);
    const sent = topics.flatMap((topic) => [`${topic}=x`, `${topic}=${'y'.repeat(300)}`]);
    for (const client of clients) expect(textsOf(client)).toEqual([...sent, ...topics.map((topic) => `${topic}=z`)]);
    for (const topic of topics) {
      const { groups } = harness.shard.routeCache.routeFor(topic);
      expect(groups.map(({ segment }) => segment)).toEqual([null]);
    }
  });

  it('gives who comes in the middle of a turn what follows, and who goes nothing more', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const publisher = await publisherOf(harness, 4);
    const clients = await receivers(harness, 6, 4, 't');
    const [leaver, newcomer] = [clients[5] as RawClient, await harness.client(5)];
    publisher.chunk(['t=1']);
    leaver.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['t'] });
    newcomer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 0 }] });
    publisher.chunk(['t=2']);
    for (const client of clients.slice(0, 5)) expect(textsOf(client)).toEqual(['t=1', 't=2']);
    expect([textsOf(leaver), textsOf(newcomer)]).toEqual([['t=1'], ['t=2']]);
  });
});
