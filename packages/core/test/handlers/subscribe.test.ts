import { type Access, MemoryStore, type Principal } from '@nanomq-ts/core';
import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** Answers as it is told, by topic filter. */
class ScriptedAccess implements Access {
  readonly checksPublish = false;
  readonly #answers: Readonly<Record<string, number | Promise<number>>>;

  constructor(answers: Readonly<Record<string, number | Promise<number>>>) {
    this.#answers = answers;
  }

  authenticate(): number {
    return 0;
  }

  publish(): number {
    return 0;
  }

  subscribe(_: Principal, topicFilter: string): number | Promise<number> {
    return this.#answers[topicFilter] ?? 0;
  }
}

/** Payloads of what came, as `topic=payload/qos`, the retained ones with ! */
async function messagesOf(client: Awaited<ReturnType<ShardHarness['client']>>): Promise<string[]> {
  await client.ping();
  const texts: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    texts.push(`${packet.topic}=${packet.payload}/${packet.qos}${packet.retain ? '!' : ''}`);
  }
  return texts;
}

describe.each(VERSIONS)('SUBSCRIBE, MQTT %s', (_, version) => {
  it('is answered with its packet identifier and the granted QoS of each filter, in order [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT-3.9.3-2] [MQTT-3.2.2-10]', async () => {
    const client = await new ShardHarness().client(version);
    const subscriptions = ([2, 0, 1] as const).map((qos) => ({ topic: `t/${qos}`, qos }));
    client.send({ cmd: 'subscribe', messageId: 777, subscriptions });
    const suback = await client.next('suback');
    expect([suback.messageId, suback.granted]).toEqual([777, [2, 0, 1]]);
  });

  it('with several filters works like several packets with one answer [MQTT-3.8.4-5] [v3.1.1 MQTT-3.8.4-4] [v3.1.1 MQTT-3.8.4-5]', async () => {
    const harness = new ShardHarness();
    const client = await harness.client(version);
    const suback = await client.subscribe([
      { topic: 'a', qos: 0 },
      { topic: 'b', qos: 1 },
      { topic: 'a', qos: 2 },
    ]);
    expect(suback.granted).toEqual([0, 1, 2]);
    expect(harness.shard.index.size).toBe(2);
    const publisher = await harness.client(version);
    for (const topic of ['a', 'b']) publisher.publish(topic, 'x', { qos: 2 });
    await publisher.ping();
    expect(await messagesOf(client)).toEqual(['a=x/2', 'b=x/1']);
    expect(client.received.filter(({ cmd }) => cmd === 'suback')).toHaveLength(1);
  });

  it('again with the same filter replaces QoS, sends retained messages again and loses nothing [MQTT-3.8.4-3] [MQTT-3.8.4-4] [v3.1.1 MQTT-3.8.4-3]', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    const client = await harness.client(version);
    publisher.publish('a/b', 'kept', { qos: 1, retain: true });
    await publisher.ping();
    await client.subscribe('a/+', 0);
    publisher.publish('a/b', '1', { qos: 1 });
    await publisher.ping();
    await client.subscribe('a/+', 2);
    publisher.publish('a/b', '2', { qos: 1 });
    await publisher.ping();
    expect(await messagesOf(client)).toEqual(['a/b=kept/0!', 'a/b=1/0', 'a/b=kept/1!', 'a/b=2/1']);
    expect(harness.shard.index.size).toBe(1);
  });

  it.each([
    [0, 2],
    [1, 2],
    [2, 2],
    [2, 1],
    [2, 0],
    [0, 1],
  ] as const)(
    'granted QoS %i and published QoS %i deliver the lower [MQTT-3.8.4-8] [v3.1.1 MQTT-3.8.4-6]',
    async (granted, published) => {
      const harness = new ShardHarness();
      const client = await harness.client(version);
      const publisher = await harness.client(version);
      await client.subscribe('t', granted);
      publisher.publish('t', 'x', { qos: published });
      await publisher.ping();
      expect(await messagesOf(client)).toEqual([`t=x/${Math.min(granted, published)}`]);
    },
  );

  it.each([
    ['# before the end [MQTT-4.7.1-1] [v3.1.1 MQTT-4.7.1-2]', 'a/#/b'],
    ['# inside a level [MQTT-4.7.1-1]', 'a/b#'],
    ['+ inside a level [MQTT-4.7.1-2] [v3.1.1 MQTT-4.7.1-3]', 'a/b+/c'],
    ['+ and # in one level [MQTT-4.7.1-2]', '+#'],
    ['an empty filter [MQTT-4.7.3-1]', ''],
  ])(
    '%s ends the connection, and nothing of the packet has an effect [MQTT-4.13.1-1] [v3.1.1 MQTT-4.8.0-1]',
    async (_, filter) => {
      const harness = new ShardHarness();
      const client = await harness.client(version, { clean: true });
      const other = await harness.client(version);
      const options = version === 5 ? '00' : '';
      const bytes = Buffer.from(filter);
      const text = bytes.length.toString(16).padStart(4, '0') + bytes.toString('hex');
      const body = `0001${options}00016f00${text}00`;
      client.sendHex(`82${(body.length / 2).toString(16).padStart(2, '0')}${body}`);
      await client.expectClosed();
      if (version === 5) expect((await client.next('disconnect')).reasonCode).toBe(0x8f);
      expect(client.received.some(({ cmd }) => cmd === 'suback')).toBe(false);
      await other.ping();
      expect(harness.shard.index.size).toBe(0);
    },
  );

  it('takes every kind of wildcard, so there is none to refuse [v3.1.1 MQTT-3.8.3-2]', async () => {
    const client = await new ShardHarness().client(version);
    const filters = ['#', '+', 'a/#', '+/a', 'a/+/b', '/+/#'].map((topic) => ({ topic, qos: 1 as const }));
    expect((await client.subscribe(filters)).granted).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('refuses a filter that is too deep and takes the others [MQTT-3.9.3-2] [v3.1.1 MQTT-3.9.3-2]', async () => {
    const client = await new ShardHarness({ maxTopicLevels: 3 }).client(version);
    const suback = await client.subscribe([
      { topic: 'a/b/c/d', qos: 1 },
      { topic: 'a/b/c', qos: 1 },
      { topic: '$share/g/a/b/c', qos: 1 },
    ]);
    expect(suback.granted).toEqual([version === 5 ? 0x8f : 0x80, 1, 1]);
  });

  it('above the limit of subscriptions is refused, replacing is not [MQTT-3.9.3-2] [v3.1.1 MQTT-3.9.3-2]', async () => {
    const client = await new ShardHarness({ maxSubscriptions: 2 }).client(version);
    const filters = ['a', '$share/g/b', 'c', 'a'].map((topic) => ({ topic, qos: 1 as const }));
    const full = version === 5 ? 0x97 : 0x80;
    expect((await client.subscribe(filters)).granted).toEqual([1, 1, full, 1]);
    await client.unsubscribe('a');
    expect((await client.subscribe('c', 2)).granted).toEqual([2]);
  });

  it('asks the Access port, at once and by promise, and keeps what comes after in order', async () => {
    let answer = (_: number) => {};
    const later = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const harness = new ShardHarness({}, { access: new ScriptedAccess({ no: 0x87, later }) });
    const client = await harness.client(version);
    const filters = ['no', 'later', 'yes'].map((topic) => ({ topic, qos: 1 as const }));
    client.send({ cmd: 'subscribe', messageId: 9, subscriptions: filters });
    client.publish('later', 'own', { qos: 0 });
    expect(client.takeNow()).toBeUndefined();
    answer(0);
    const suback = await client.next();
    expect(suback).toMatchObject({ cmd: 'suback', granted: [version === 5 ? 0x87 : 0x80, 1, 1] });
    expect(await messagesOf(client)).toEqual(['later=own/0']);
  });

  it('ends only its own connection when the Access port fails', async () => {
    const broken = Promise.reject(new Error('no answer'));
    broken.catch(() => undefined); // The one who waits for it comes later.
    const harness = new ShardHarness({}, { access: new ScriptedAccess({ broken }) });
    const client = await harness.client(version);
    client.send({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'broken', qos: 1 }] });
    await client.expectClosed();
    await (await harness.client(version)).ping();
    expect(harness.shard.index.size).toBe(0);
  });

  it('whose client has gone when the Access port answers has no effect', async () => {
    let answer = (_: number) => {};
    const later = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const harness = new ShardHarness({}, { access: new ScriptedAccess({ later }) });
    const client = await harness.client(version);
    client.send({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'later', qos: 1 }] });
    client.destroy();
    answer(0);
    await later;
    await (await harness.client(version)).ping();
    expect(harness.shard.index.size).toBe(0);
  });

  it('SUBACK comes before the retained messages', async () => {
    const harness = new ShardHarness({}, { store: new MemoryStore() });
    const client = await harness.client(version);
    for (const qos of [0, 1, 2] as const) client.publish(`r/${qos}`, 'x', { qos, retain: true });
    await client.ping();
    client.send({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'r/#', qos: 2 }] });
    await client.ping();
    const order = client.received.map(({ cmd }) => cmd).filter((cmd) => cmd === 'suback' || cmd === 'publish');
    expect(order).toEqual(['suback', 'publish', 'publish', 'publish']);
  });
});

describe('SUBSCRIBE, MQTT 3.1.1', () => {
  it.each(['$share/g', '$share//a', '$share/+/a'])('refuses the share name in %s and goes on', async (filter) => {
    const client = await new ShardHarness().client(4);
    expect((await client.subscribe(filter, 1)).granted).toEqual([0x80]);
    await client.ping();
  });
});

describe('SUBSCRIBE, MQTT 5.0', () => {
  it.each([
    ['no filter [MQTT-4.8.2-2]', '$share/g'],
    ['an empty filter [MQTT-4.8.2-2]', '$share/g/'],
    ['an empty share name [MQTT-4.8.2-1]', '$share//a'],
    ['+ in the share name [MQTT-4.8.2-2]', '$share/g+/a'],
    ['# in the share name [MQTT-4.8.2-2]', '$share/#/a'],
  ])('a shared subscription with %s ends the connection', async (_, filter) => {
    const client = await new ShardHarness().client(5);
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 1 }] });
    expect((await client.next('disconnect')).reasonCode).toBe(0x8f);
    await client.expectClosed();
  });

  it('No Local on a shared subscription ends the connection without any effect [MQTT-3.8.3-4]', async () => {
    const harness = new ShardHarness();
    const client = await harness.client(5);
    const subscriptions = [
      { topic: 'a', qos: 1 as const },
      { topic: '$share/g/a', qos: 1 as const, nl: true },
    ];
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    expect((await client.next('disconnect')).reasonCode).toBe(0x82);
    await client.expectClosed();
    expect(harness.shard.index.size).toBe(0);
  });

  it('SUBACK has neither reason string nor user properties [MQTT-3.9.2-1] [MQTT-3.9.2-2]', async () => {
    const client = await new ShardHarness({ maxTopicLevels: 1 }).client(5, { properties: { maximumPacketSize: 20 } });
    const suback = await client.subscribe('a/b');
    expect([suback.granted, suback.properties ?? {}]).toEqual([[0x8f], {}]);
  });
});
