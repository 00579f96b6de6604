import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import type { IPublishPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

async function setUp(maxTopicAlias = 1024) {
  const harness = new ShardHarness({ maxTopicAlias });
  const subscriber = await harness.client(5);
  await subscriber.subscribe('#', 2);
  const publisher = await harness.client(5, { clientId: 'publisher' });
  return { harness, subscriber, publisher };
}

/** What came since the last call, as `topic=payload/qos`. */
async function messagesOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const texts: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    texts.push(`${packet.topic}=${packet.payload}/${packet.qos}${packet.retain ? '!' : ''}`);
  }
  return texts;
}

async function expectRefused(client: RawClient, reasonCode: number): Promise<void> {
  expect(await client.next('disconnect')).toMatchObject({ reasonCode });
  await client.expectClosed();
}

describe('topic aliases of a client', () => {
  it.each([0, 1, 2] as const)('stand for the topic name they came with, QoS %i', async (qos) => {
    const { subscriber, publisher } = await setUp();
    publisher.publish('a/b', '1', { qos, properties: { topicAlias: 1 } });
    publisher.publish('c', '2', { qos, properties: { topicAlias: 2 } });
    for (const [alias, payload] of [
      [1, '3'],
      [2, '4'],
      [1, ''],
    ] as const)
      publisher.publish('', payload, { qos, properties: { topicAlias: alias } });
    await publisher.ping();
    expect(await messagesOf(subscriber)).toEqual(['a/b=1', 'c=2', 'a/b=3', 'c=4', 'a/b='].map((m) => `${m}/${qos}`));
  });

  it('are the client’s own affair: subscribers see none', async () => {
    const { subscriber, publisher } = await setUp();
    for (const topic of ['a', '']) publisher.publish(topic, 'x', { properties: { topicAlias: 1 } });
    await publisher.ping();
    for (let i = 0; i < 2; i++) {
      const { topic, properties } = await subscriber.next('publish');
      expect([topic, properties?.topicAlias]).toEqual(['a', undefined]);
    }
  });

  it('get another meaning from the next topic name [MQTT-3.3.2-12]', async () => {
    const { subscriber, publisher } = await setUp();
    for (const topic of ['a', '', 'b', '', 'a', '']) publisher.publish(topic, 'x', { properties: { topicAlias: 7 } });
    await publisher.ping();
    expect(await messagesOf(subscriber)).toEqual(['a', 'a', 'b', 'b', 'a', 'a'].map((topic) => `${topic}=x/0`));
  });

  it('are all accepted from 1 to the maximum announced [MQTT-3.3.2-12] [MQTT-3.2.2-17]', async () => {
    const { harness, subscriber, publisher } = await setUp(300);
    const { client } = harness.open(5);
    const connack = await client.connect({ clientId: 'other' });
    expect(connack.properties?.topicAliasMaximum).toBe(300);
    for (let alias = 1; alias <= 300; alias++)
      publisher.publish(`t/${alias}`, 'x', { properties: { topicAlias: alias } });
    for (let alias = 300; alias >= 1; alias--) publisher.publish('', 'y', { properties: { topicAlias: alias } });
    await publisher.ping();
    const got = await messagesOf(subscriber);
    expect(got.slice(0, 300)).toEqual(Array.from({ length: 300 }, (_, i) => `t/${i + 1}=x/0`));
    expect(got.slice(300)).toEqual(Array.from({ length: 300 }, (_, i) => `t/${300 - i}=y/0`));
  });

  it.each([
    ['one above the maximum', 10, 11],
    ['the largest there is', 10, 65_535],
  ])('are refused above it: %s [MQTT-3.3.2-9] [MQTT-3.2.2-17]', async (_, maximum, topicAlias) => {
    const { subscriber, publisher } = await setUp(maximum);
    publisher.publish('a', 'x', { properties: { topicAlias } });
    await expectRefused(publisher, 0x94);
    await subscriber.expectNothing();
  });

  it('are all refused where the broker announced none [MQTT-3.2.2-18]', async () => {
    const { harness, publisher } = await setUp(0);
    const { client } = harness.open(5);
    expect((await client.connect({ clientId: 'other' })).properties?.topicAliasMaximum ?? 0).toBe(0);
    publisher.publish('a', 'x', { properties: { topicAlias: 1 } });
    await expectRefused(publisher, 0x94);
  });

  it('that never had a topic name end the connection', async () => {
    const { publisher } = await setUp();
    publisher.publish('a', 'x', { properties: { topicAlias: 1 } });
    publisher.publish('', 'x', { properties: { topicAlias: 2 } });
    await expectRefused(publisher, 0x82);
  });

  it('end with the connection, although the session goes on [MQTT-3.3.2-7]', async () => {
    const { harness, publisher } = await setUp();
    publisher.destroy();
    const options = { clientId: 'publisher', clean: false, properties: { sessionExpiryInterval: 100 } };
    const first = await harness.client(5, options);
    first.publish('a', 'x', { properties: { topicAlias: 1 } });
    await first.ping();
    first.destroy();
    const { client: second } = harness.open(5);
    expect((await second.connect(options)).sessionPresent).toBe(true);
    second.publish('', 'x', { properties: { topicAlias: 1 } });
    await expectRefused(second, 0x82);
  });

  it('belong to one connection: another client’s mean something else', async () => {
    const { harness, subscriber, publisher } = await setUp();
    const other = await harness.client(5);
    publisher.publish('mine', '1', { properties: { topicAlias: 1 } });
    await publisher.ping();
    other.publish('theirs', '2', { properties: { topicAlias: 1 } });
    await other.ping();
    for (const client of [publisher, other]) {
      client.publish('', '3', { properties: { topicAlias: 1 } });
      await client.ping();
    }
    expect(await messagesOf(subscriber)).toEqual(['mine=1/0', 'theirs=2/0', 'mine=3/0', 'theirs=3/0']);
  });

  it.each([
    ['a wildcard', '612f2b', 0x90],
    ['bytes that are not UTF-8', 'c3', 0x81],
  ])('do not hide a topic name with %s', async (_, topicHex, reasonCode) => {
    const { publisher } = await setUp();
    const length = topicHex.length / 2;
    publisher.sendHex(`30 ${(length + 6).toString(16).padStart(2, '0')} 000${length} ${topicHex} 03 23 0001`);
    await expectRefused(publisher, reasonCode);
  });

  it.each([0, 1, 2] as const)('may name a retained message, QoS %i', async (qos) => {
    const { harness, publisher } = await setUp();
    publisher.publish('a', '1', { properties: { topicAlias: 1 } });
    publisher.publish('', '2', { qos, retain: true, properties: { topicAlias: 1, contentType: 'text' } });
    await publisher.ping();
    const late = await harness.client(5);
    await late.subscribe('a', 2);
    const { topic, payload, retain, properties } = await late.next('publish');
    expect([topic, payload.toString(), retain, properties]).toEqual(['a', '2', true, { contentType: 'text' }]);
  });
});

/** Identifier and value of each property, as bytes, with a topic alias among them. */
const ALIAS = '230001';
const OTHERS = {
  payloadFormat: '0101',
  expiry: '0200000064',
  contentType: '03000174',
  responseTopic: '08000172',
  correlation: '0900020001',
  userProperty: '2600016200013126000161000132',
};

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** PUBLISH of `hi` to `a` with these property bytes. */
function publishHex(qos: 0 | 1, properties: string): string {
  const body = `000161${qos === 0 ? '' : '0001'}${hexByte(properties.length / 2)}${properties}6869`;
  return `${qos === 0 ? '30' : '32'}${hexByte(body.length / 2)}${body}`;
}

describe('the other properties of a message with a topic alias', () => {
  const others = Object.values(OTHERS);
  it.each(Array.from({ length: others.length + 1 }, (_, i) => i))(
    'stay as they were and in their order, the alias as number %i among them [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]',
    async (place) => {
      const properties = [...others.slice(0, place), ALIAS, ...others.slice(place)].join('');
      for (const qos of [0, 1] as const) {
        const harness = new ShardHarness();
        const { client: subscriber, transport } = harness.open(5);
        await subscriber.connect({ clientId: 's' });
        await subscriber.subscribe('a', 1);
        const publisher = await harness.client(5);
        publisher.sendHex(publishHex(qos, properties));
        await publisher.ping();
        harness.clock.runTurn();
        const got = transport.take().toString('hex');
        expect(got).toContain(others.join(''));
        expect(got).not.toContain(ALIAS);
        expect(got.endsWith(`${others.join('')}6869`)).toBe(true);
      }
    },
  );

  it.each([
    ['before', `${OTHERS.expiry}${ALIAS}`],
    ['after', `${ALIAS}${OTHERS.expiry}`],
    ['before others and', `${OTHERS.expiry}${OTHERS.contentType}${ALIAS}`],
    ['after others and', `${ALIAS}${OTHERS.contentType}${OTHERS.expiry}`],
  ])('include an expiry interval that counts down, %s the alias [MQTT-3.3.2-6]', async (_, properties) => {
    const harness = new ShardHarness();
    const options = { clientId: 's', clean: false, properties: { sessionExpiryInterval: 1000 } };
    const subscriber = await harness.client(5, options);
    await subscriber.subscribe('a', 1);
    subscriber.destroy();
    const publisher = await harness.client(5);
    publisher.sendHex(publishHex(1, properties));
    await publisher.next('puback');
    harness.clock.advance(40_000);
    const again: IPublishPacket = await (await harness.client(5, options)).next('publish');
    expect([again.properties?.messageExpiryInterval, again.payload.toString()]).toEqual([60, 'hi']);
  });
});
