import { type LocalMessage, LocalSubscriber, type LocalSubscriptionOptions, publishLocal } from '@nanomq-ts/core';
import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DropReason } from '../../src/observe/drop-reason.ts';

const PLAIN: LocalSubscriptionOptions = { qos: 0, retainAsPublished: false, retainHandling: 0, receiveMaximum: 64 };
const NO_PROPERTIES = Buffer.alloc(0);

function subscribe(
  harness: ShardHarness,
  topicFilter: string,
  options: Partial<LocalSubscriptionOptions> = {},
): LocalSubscriber {
  return new LocalSubscriber(harness.shard, topicFilter, { ...PLAIN, ...options }, () => {});
}

function publish(
  harness: ShardHarness,
  topicName: string,
  payload: string | Buffer,
  qos: 0 | 1 | 2 = 0,
  retain = false,
) {
  const bytes = Buffer.from(payload);
  return publishLocal(harness.shard, topicName, bytes, { qos, retain, properties: NO_PROPERTIES });
}

function settle(harness: ShardHarness): void {
  while (harness.clock.runTurn());
}

function takeAll(harness: ShardHarness, subscriber: LocalSubscriber): LocalMessage[] {
  const taken: LocalMessage[] = [];
  for (settle(harness); ; settle(harness)) {
    const message = subscriber.take();
    if (message === null) return taken;
    taken.push(message);
  }
}

const texts = (messages: readonly LocalMessage[]) => messages.map(({ payload }) => payload.toString());

describe('what a local subscriber gets', () => {
  it.each([
    ['the exact topic', 'a/b', 'a/b', true],
    ['+ for one level [MQTT-4.7.1-2]', 'a/+', 'a/b', true],
    ['# for the rest, with the parent level [MQTT-4.7.1-1]', 'a/#', 'a', true],
    ['no other topic', 'a/b', 'a/c', false],
    ['no $ topic for a leading wildcard [MQTT-4.7.2-1]', '#', '$x/b', false],
    ['through a shared subscription [MQTT-4.8.2-3]', '$share/g/a/+', 'a/b', true],
    ['names beyond ASCII', 'ä/€/+', 'ä/€/😀', true],
  ])('%s', (_, topicFilter, topicName, isTaken) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const subscriber = subscribe(harness, topicFilter);
    publish(harness, topicName, 'x');
    expect(takeAll(harness, subscriber).map((message) => message.topicName)).toEqual(isTaken ? [topicName] : []);
  });

  it.each([
    [0, 2, 0],
    [1, 2, 1],
    [2, 1, 1],
    [2, 2, 2],
    [2, 0, 0],
  ] as const)('subscribed with QoS %i, published with QoS %i: QoS %i [MQTT-3.8.4-8]', (asked, sent, qos) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const subscriber = subscribe(harness, 'a', { qos: asked });
    publish(harness, 'a', 'x', sent);
    expect(takeAll(harness, subscriber)).toMatchObject([{ topicName: 'a', qos, retain: false }]);
  });

  it.each([3, 4, 5] as const)('what a client of version %i publishes, with every QoS in order', async (version) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const subscriber = subscribe(harness, 'a', { qos: 2 });
    const client = await harness.client(version);
    for (const qos of [0, 1, 2, 2, 1, 0] as const) client.publish('a', `q${qos}`, { qos });
    await client.ping();
    expect(texts(takeAll(harness, subscriber))).toEqual(['q0', 'q1', 'q2', 'q2', 'q1', 'q0']);
  });

  it.each([
    [0, ['old'], [true]],
    [2, [], []],
  ] as const)(
    'retained messages with retain handling %i [MQTT-3.3.1-9] [MQTT-3.3.1-11]',
    (retainHandling, expected, flags) => {
      const harness = new ShardHarness({}, ONE_SHARD);
      publish(harness, 'a', 'old', 1, true);
      const messages = takeAll(harness, subscribe(harness, 'a', { retainHandling, qos: 1 }));
      expect(texts(messages)).toEqual(expected);
      expect(messages.map(({ retain }) => retain)).toEqual(flags);
    },
  );

  it.each([
    [false, false],
    [true, true],
  ])(
    'RETAIN of a new message with retain as published %s [MQTT-3.3.1-12] [MQTT-3.3.1-13]',
    (retainAsPublished, retain) => {
      const harness = new ShardHarness({}, ONE_SHARD);
      const subscriber = subscribe(harness, 'a', { retainAsPublished });
      publish(harness, 'a', 'x', 0, true);
      expect(takeAll(harness, subscriber)).toMatchObject([{ retain }]);
    },
  );

  it('payloads of its own, whatever becomes of the bytes it came from', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const subscriber = subscribe(harness, 'a');
    const { client } = harness.open(5);
    await client.connect({ clientId: 'p' });
    client.publish('a', 'first');
    await client.ping();
    const [message] = takeAll(harness, subscriber);
    client.publish('a', 'other');
    await client.ping();
    expect(message?.payload.toString()).toBe('first');
  });
});

describe('taking', () => {
  it('is told of messages once a turn, and may take and acknowledge then, without losing any', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const taken: LocalMessage[] = [];
    let wakes = 0;
    const options = { ...PLAIN, qos: 2, receiveMaximum: 1 } as const;
    const subscriber: LocalSubscriber = new LocalSubscriber(harness.shard, 'a', options, () => {
      wakes++;
      for (let next = subscriber.take(); next !== null; next = subscriber.take()) taken.push(next);
    });
    for (const text of ['1', '2', '3']) publish(harness, 'a', text, 2);
    settle(harness);
    await Promise.resolve();
    expect(texts(taken)).toEqual(['1', '2', '3']);
    publish(harness, 'a', '4', 0);
    publish(harness, 'a', '5', 0);
    wakes = 0;
    settle(harness);
    await Promise.resolve();
    expect([wakes, texts(taken)]).toEqual([1, ['1', '2', '3', '4', '5']]);
  });

  it('needs no end of the turn', () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const subscriber = subscribe(harness, 'a', { qos: 1 });
    publish(harness, 'a', '1', 1);
    publish(harness, 'a', '2', 0);
    expect([subscriber.take(), subscriber.take()].map((message) => message?.payload.toString())).toEqual(['1', '2']);
    expect(subscriber.take()).toBeNull();
  });

  it('keeps the order of thousands, some taken early', () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const subscriber = subscribe(harness, 'a');
    const sent = Array.from({ length: 3000 }, (_, i) => `${i}`);
    const taken: LocalMessage[] = [];
    sent.forEach((text, i) => {
      publish(harness, 'a', text);
      if (i % 3 === 0) taken.push(subscriber.take() as LocalMessage);
    });
    expect(texts([...taken, ...takeAll(harness, subscriber)])).toEqual(sent);
  });
});

describe('back-pressure', () => {
  it('keeps no more under way than the receive maximum, loses nothing and keeps the order [MQTT-3.3.4-7]', () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const subscriber = subscribe(harness, 'a', { qos: 2, receiveMaximum: 3 });
    const sent = Array.from({ length: 50 }, (_, i) => `${i}`);
    for (const text of sent) publish(harness, 'a', text, text.endsWith('7') ? 1 : 2);
    settle(harness);
    expect(harness.shard.counters.publishSent).toBe(3);
    expect(texts(takeAll(harness, subscriber))).toEqual(sent);
  });

  it('brings every retained message, however small the window', () => {
    const harness = new ShardHarness({ queueLimitMessages: 4 }, ONE_SHARD);
    for (let i = 0; i < 50; i++) publish(harness, `r/${i}`, `${i}`, 1, true);
    const subscriber = subscribe(harness, 'r/#', { qos: 1, receiveMaximum: 2 });
    expect(takeAll(harness, subscriber)).toHaveLength(50);
  });

  it('tells the publisher when the message queue is full, and takes more once there is room', () => {
    const harness = new ShardHarness({ queueLimitMessages: 2 }, ONE_SHARD);
    const subscriber = subscribe(harness, 'a', { qos: 1, receiveMaximum: 1 });
    expect(['1', '2', '3', '4'].map((text) => publish(harness, 'a', text, 1))).toEqual([0, 0, 0, 2]);
    expect(harness.shard.counters.dropped[DropReason.QueueFull]).toBe(1);
    expect(texts(takeAll(harness, subscriber))).toEqual(['1', '2', '3']);
    expect(publish(harness, 'a', '5', 1)).toBe(0);
  });

  it('drops and counts QoS 0 beyond the limit of a slow receiver, and goes on when that one has read', () => {
    const harness = new ShardHarness({ maxOutBufferBytes: 256 * 1024 }, ONE_SHARD);
    const subscriber = subscribe(harness, 'a');
    const payload = Buffer.alloc(10_000);
    for (let i = 0; i < 200; i++) {
      publish(harness, 'a', payload);
      settle(harness);
    }
    const dropped = harness.shard.counters.dropped[DropReason.SlowReceiver] as number;
    expect(dropped).toBeGreaterThan(100);
    expect(takeAll(harness, subscriber)).toHaveLength(200 - dropped);
    publish(harness, 'a', 'again');
    expect(texts(takeAll(harness, subscriber))).toEqual(['again']);
  });

  it('loses no QoS 1 and 2 and keeps their order, however publishing, taking and the turns mix', () => {
    const publishing = fc.record({ qos: fc.constantFrom(1, 2), kilobytes: fc.constantFrom(0, 1, 30, 100) });
    const step = fc.oneof(publishing, fc.constantFrom('take', 'end of the turn'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, receiveMaximum) => {
        const harness = new ShardHarness({ maxOutBufferBytes: 64 * 1024 }, ONE_SHARD);
        const subscriber = subscribe(harness, 'a', { qos: 2, receiveMaximum });
        const taken: LocalMessage[] = [];
        let sent = 0;
        for (const each of steps) {
          if (each === 'end of the turn') harness.clock.runTurn();
          else if (each === 'take') taken.push(...[subscriber.take()].filter((message) => message !== null));
          else publish(harness, 'a', `${sent++}`.padEnd(each.kilobytes * 1024), each.qos as 1 | 2);
        }
        taken.push(...takeAll(harness, subscriber));
        expect(texts(taken).map(Number)).toEqual(Array.from({ length: sent }, (_, i) => i));
        expect(harness.shard.messages.size).toBe(0);
      }),
    );
  });

  it('does not slow others down', async () => {
    const harness = new ShardHarness({ queueLimitMessages: 1 }, ONE_SHARD);
    subscribe(harness, 'a', { qos: 1, receiveMaximum: 1 });
    const client = await harness.client(5);
    await client.subscribe('a', 1);
    for (let i = 0; i < 20; i++) publish(harness, 'a', `${i}`, 1);
    await client.ping();
    expect(client.received.filter(({ cmd }) => cmd === 'publish')).toHaveLength(20);
  });
});

describe('the end of a local subscriber', () => {
  it('frees everything and counts what was not taken', () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { shard } = harness;
    const subscriber = subscribe(harness, 'a/#', { qos: 1, receiveMaximum: 2 });
    for (let i = 0; i < 5; i++) publish(harness, 'a/b', `${i}`, 1);
    publish(harness, 'a/b', 'qos 0');
    subscriber.close();
    subscriber.close();
    settle(harness);
    expect(subscriber.take()).toBeNull();
    expect([shard.index.size, shard.messages.size]).toEqual([0, 0]);
    expect(shard.counters.dropped[DropReason.SessionEnded]).toBe(6);
    publish(harness, 'a/b', 'late', 1);
    expect(shard.counters.dropped[DropReason.NoSubscribers]).toBe(1);
  });

  it('gives messages of a shared subscription to its other members', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const leaving = subscribe(harness, '$share/g/a', { qos: 1 });
    for (const text of ['1', '2', '3']) publish(harness, 'a', text, 1);
    settle(harness);
    const staying = subscribe(harness, '$share/g/a', { qos: 1 });
    expect(texts([leaving.take() as LocalMessage])).toEqual(['1']);
    leaving.close();
    expect(texts(takeAll(harness, staying))).toEqual(['2', '3']);
    expect(harness.shard.counters.dropped[DropReason.SessionEnded]).toBe(0);
  });
});

describe('what a local subscriber is not', () => {
  it('is no client: no session, no connection, no event', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const told: string[] = [];
    const note = (name: string) => () => void told.push(name);
    const names = ['connected', 'disconnected', 'subscribed', 'unsubscribed'] as const;
    harness.shard.events.add(Object.fromEntries(names.map((name) => [name, note(name)])));
    const subscriber = subscribe(harness, '#');
    expect([harness.shard.sessions.size, harness.shard.connectionCount]).toEqual([0, 0]);
    subscriber.close();
    expect(told).toEqual([]);
  });

  it.each([
    ['', 'filter is empty'],
    ['a/#/b', '# must be the whole last level'],
    ['a+', '+ must be a whole level'],
    ['$share/g', 'shared subscription has no filter'],
    ['a\0', 'has U+0000'],
    ['a\ud800', 'has half a surrogate pair'],
    ['ä'.repeat(32_768), 'is longer than 65535 bytes in UTF-8'],
    ['/'.repeat(200), 'more than 128 levels'],
  ])('refuses the filter %j', (topicFilter, fault) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const error = expect.objectContaining({ code: 'TOPIC_FILTER_INVALID', message: expect.stringContaining(fault) });
    expect(() => subscribe(harness, topicFilter)).toThrow(error);
    expect(harness.shard.index.size).toBe(0);
  });
});
