import { DelayedStore, type RawClient, type RawPublishOptions, ShardHarness } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DropReason } from '../../src/observe/drop-reason.ts';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** Publishes with RETAIN 1 and sees it dealt with. */
async function retain(
  client: RawClient,
  topic: string,
  payload: string | Buffer,
  options: RawPublishOptions = {},
): Promise<void> {
  client.publish(topic, payload, { retain: true, ...options });
  await client.ping();
}

/** `topic=payload/qos` of what came, ! for RETAIN, sorted where no order is promised. */
async function messagesOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const texts: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish'))
    texts.push(`${packet.topic}=${packet.payload}/${packet.qos}${packet.retain ? '!' : ''}`);
  return texts.sort();
}

async function retainedFor(harness: ShardHarness, version: 3 | 4 | 5, filter: string): Promise<string[]> {
  const client = await harness.client(version);
  await client.subscribe(filter, 2);
  const messages = await messagesOf(client);
  client.destroy();
  return messages;
}

describe.each(VERSIONS)('retained messages, MQTT %s', (_, version) => {
  it('are kept one a topic, with the QoS they were published with [MQTT-3.3.1-5] [v3.1.1 MQTT-3.3.1-5]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    for (const qos of [0, 1, 2] as const) await retain(publisher, `q/${qos}`, 'x', { qos });
    await retain(publisher, 'a', 'first', { qos: 2 });
    await retain(publisher, 'a', 'second', { qos: 1 });
    expect(await retainedFor(harness, version, '#')).toEqual(['a=second/1!', 'q/0=x/0!', 'q/1=x/1!', 'q/2=x/2!']);
    expect(harness.shard.retained.size).toBe(4);
  });

  it('are replaced by one of QoS 0 too [MQTT-3.3.1-5] [v3.1.1 MQTT-3.3.1-7]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    await retain(publisher, 'a', 'first', { qos: 1 });
    await retain(publisher, 'a', 'second');
    expect(await retainedFor(harness, version, 'a')).toEqual(['a=second/0!']);
  });

  it('go out with RETAIN 1 to a new subscription and with RETAIN 0 to one that is there [v3.1.1 MQTT-3.3.1-8] [v3.1.1 MQTT-3.3.1-9] [MQTT-3.3.1-12]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    const early = await harness.client(version);
    await early.subscribe('a', 1);
    await retain(publisher, 'a', 'x', { qos: 1 });
    expect(await messagesOf(early)).toEqual(['a=x/1']);
    expect(await retainedFor(harness, version, 'a')).toEqual(['a=x/1!']);
  });

  it('go to a new subscription for every topic that matches, $ topics spared by wildcards [v3.1.1 MQTT-3.3.1-6] [MQTT-4.7.2-1] [MQTT-3.3.2-3]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    for (const topic of ['a', 'a/b', 'a/b/c', 'b', '$x/b']) await retain(publisher, topic, 'x');
    const found = (filter: string) => retainedFor(harness, version, filter);
    expect(await found('a/#')).toEqual(['a/b/c=x/0!', 'a/b=x/0!', 'a=x/0!']);
    expect(await found('+/b')).toEqual(['a/b=x/0!']);
    expect(await found('#')).toHaveLength(4);
    expect(await found('$x/+')).toEqual(['$x/b=x/0!']);
  });

  it.each([0, 1, 2] as const)(
    'are deleted by an empty payload of QoS %i, which is delivered as usual and not kept [MQTT-3.3.1-6] [MQTT-3.3.1-7] [v3.1.1 MQTT-3.3.1-10] [v3.1.1 MQTT-3.3.1-11]',
    async (qos) => {
      const harness = new ShardHarness();
      const publisher = await harness.client(version);
      const early = await harness.client(version);
      await retain(publisher, 'a', 'x', { qos: 1 });
      await early.subscribe('a', 2);
      expect(await messagesOf(early)).toEqual(['a=x/1!']);
      await retain(publisher, 'a', '', { qos });
      await retain(publisher, 'never retained', '', { qos });
      expect(await messagesOf(early)).toEqual([`a=/${qos}`]);
      expect(await retainedFor(harness, version, '#')).toEqual([]);
      expect([harness.shard.retained.size, harness.shard.retained.bytes]).toEqual([0, 0]);
    },
  );

  it('are neither made, nor replaced, nor deleted by RETAIN 0 [MQTT-3.3.1-8] [v3.1.1 MQTT-3.3.1-12]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    await retain(publisher, 'a', 'kept', { qos: 1 });
    for (const qos of [0, 1, 2] as const) {
      for (const payload of ['other', '']) publisher.publish('a', payload, { qos });
      publisher.publish('b', 'other', { qos });
    }
    await publisher.ping();
    expect(await retainedFor(harness, version, '#')).toEqual(['a=kept/1!']);
  });

  it('outlive the session that published them and the one that received them [v3.1.1 MQTT-3.1.2-7]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version, { clientId: 'publisher', clean: true });
    const receiver = await harness.client(version, { clientId: 'receiver', clean: true });
    await receiver.subscribe('a', 1);
    await retain(publisher, 'a', 'x', { qos: 1 });
    expect(await messagesOf(receiver)).toEqual(['a=x/1']);
    publisher.send({ cmd: 'disconnect' });
    receiver.destroy();
    harness.clock.advance(1000);
    await Promise.resolve();
    expect(harness.shard.sessions.size).toBe(0);
    expect(await retainedFor(harness, version, 'a')).toEqual(['a=x/1!']);
  });

  it('are not stored again by a QoS 2 PUBLISH that is repeated', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    publisher.autoAcknowledge = false;
    await retain(publisher, 'a', 'x', { qos: 2, messageId: 5 });
    await retain(publisher, 'a', '', { qos: 2, messageId: 6 });
    await retain(publisher, 'a', 'x', { qos: 2, messageId: 5, dup: true });
    expect(harness.shard.retained.size).toBe(0);
  });

  it('are bounded in number: one too many is not kept, nor is the one that it would replace left there', async () => {
    const harness = new ShardHarness({ maxRetainedMessages: 2 });
    const publisher = await harness.client(version);
    for (const topic of ['a', 'b', 'c', 'a']) await retain(publisher, topic, topic === 'a' ? 'again' : 'x');
    expect(await retainedFor(harness, version, '#')).toEqual(['a=again/0!', 'b=x/0!']);
    expect(harness.shard.counters.dropped[DropReason.RetainedFull]).toBe(1);
    await retain(publisher, 'b', '');
    await retain(publisher, 'c', 'x');
    expect(await retainedFor(harness, version, '#')).toEqual(['a=again/0!', 'c=x/0!']);
  });

  it('are bounded in bytes: what is over is delivered, not kept, and the old value is gone, since it is not the last', async () => {
    const harness = new ShardHarness({ maxRetainedBytes: 100 });
    const publisher = await harness.client(version);
    const early = await harness.client(version);
    await early.subscribe('a');
    await retain(publisher, 'a', 'x');
    await retain(publisher, 'a', 'y'.repeat(200));
    expect(await messagesOf(early)).toEqual(['a=x/0', `a=${'y'.repeat(200)}/0`]);
    expect([harness.shard.retained.size, harness.shard.retained.bytes]).toEqual([0, 0]);
    expect(harness.shard.counters.dropped[DropReason.RetainedFull]).toBe(1);
  });
});

describe('retained messages, MQTT 5.0', () => {
  const properties = { messageExpiryInterval: 100, contentType: 'text', userProperties: { a: ['1', '2'] } };

  it('keep their properties for MQTT 5.0, lose them for 3.1.1, and bring the identifier of the new subscription', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(5);
    await retain(publisher, 'a', 'x', { qos: 1, properties });
    const [five, four] = [await harness.client(5), await harness.client(4)];
    await five.subscribe('#', 1, 17);
    expect((await five.next('publish')).properties).toEqual({ ...properties, subscriptionIdentifier: 17 });
    await four.subscribe('#', 1);
    expect(await messagesOf(four)).toEqual(['a=x/1!']);
  });

  it('say how much of their time is left, and come no more when it is over [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async () => {
    const harness = new ShardHarness();
    await retain(await harness.client(5), 'a', 'x', { properties });
    const client = await harness.client(5);
    for (const [laterMs, left] of [
      [0, 100],
      [30_000, 70],
      [69_500, 1],
    ] as const) {
      harness.clock.advance(laterMs);
      await client.subscribe('a');
      expect((await client.next('publish')).properties?.messageExpiryInterval).toBe(left);
    }
    harness.clock.advance(500);
    await client.subscribe('a');
    expect(await messagesOf(client)).toEqual([]);
  });

  it('whose time is over are swept, all of them in the end and no other', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(5);
    for (let i = 0; i < 3000; i++) {
      const expiry = i % 3 === 0 ? {} : { properties: { messageExpiryInterval: 10 } };
      publisher.publish(`t/${i}`, 'x', { retain: true, ...expiry });
    }
    await publisher.ping();
    harness.clock.advance(9000);
    expect(harness.shard.retained.size).toBe(3000);
    harness.clock.advance(5000);
    expect(harness.shard.retained.size).toBe(1000);
  });

  it('too large for the new subscriber are left out and counted [MQTT-3.1.2-24] [MQTT-3.1.2-25]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(5);
    for (const qos of [0, 1] as const) await retain(publisher, `large/${qos}`, 'x'.repeat(100), { qos });
    await retain(publisher, 'small', 'x', { qos: 1 });
    const client = await harness.client(5, { properties: { maximumPacketSize: 50 } });
    await client.subscribe('#', 1);
    expect(await messagesOf(client)).toEqual(['small=x/1!']);
    expect(harness.shard.counters.dropped[DropReason.TooLarge]).toBe(2);
  });
});

describe('retained messages and the store', () => {
  it('tells the store what is kept and what goes, each once', async () => {
    const store = new DelayedStore();
    const harness = new ShardHarness({}, { store });
    const publisher = await harness.client(4);
    for (const payload of ['x', 'y', '', '']) publisher.publish('a', payload, { retain: true });
    await publisher.ping();
    expect(store.changes.map(([method]) => method).filter((method) => method.startsWith('retained'))).toEqual([
      'retainedSaved',
      'retainedSaved',
      'retainedRemoved',
    ]);
  });

  it('counts messages and bytes right, whatever comes', async () => {
    const step = fc.record({
      topic: fc.constantFrom('a', 'b', 'a/b', '$x'),
      payload: fc.constantFrom('', 'x', 'y'.repeat(20)),
      version: fc.constantFrom(4 as const, 5 as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const harness = new ShardHarness({ maxRetainedMessages: 3, maxRetainedBytes: 60 });
        const clients = { 4: await harness.client(4), 5: await harness.client(5) };
        const kept = new Map<string, number>();
        for (const { topic, payload, version } of steps) {
          clients[version].publish(topic, payload, { retain: true });
          harness.settle();
          // Fixed header 2, topic length 2, and 1 for the length of the properties.
          const bytes = 4 + topic.length + payload.length + (version === 5 ? 1 : 0);
          kept.delete(topic);
          const sum = [...kept.values()].reduce((total, each) => total + each, bytes);
          if (payload !== '' && kept.size < 3 && sum <= 60) kept.set(topic, bytes);
          const { size, bytes: held } = harness.shard.retained;
          expect([size, held]).toEqual([kept.size, [...kept.values()].reduce((total, each) => total + each, 0)]);
        }
      }),
    );
  });
});
