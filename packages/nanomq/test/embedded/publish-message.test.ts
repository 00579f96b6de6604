import { DelayedStore, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { publishMessage } from '../../src/embedded/publish-message.ts';
import { createBroker } from '../../src/index.ts';
import { openBroker } from './opened-broker.ts';

describe('publish', () => {
  it.each([3, 4, 5] as const)('reaches clients of version %i', async (version) => {
    const { broker, connect } = await openBroker();
    const client = await connect('s', version);
    await client.subscribe('a/+', 2);
    await broker.publish('a/text', 'hi', { qos: 1 });
    await broker.publish('a/bytes', new Uint8Array([1, 2, 3]).subarray(1), { qos: 2 });
    expect(await client.next('publish')).toMatchObject({ topic: 'a/text', qos: 1, payload: Buffer.from('hi') });
    expect(await client.next('publish')).toMatchObject({ topic: 'a/bytes', qos: 2, payload: Buffer.from([2, 3]) });
  });

  it('sends typed properties, user properties in their order [MQTT-3.3.2-18]', async () => {
    const { broker, connect } = await openBroker();
    const client = await connect('s');
    await client.subscribe('a');
    const properties = {
      contentType: 'text/plain',
      userProperties: [
        ['b', '1'],
        ['a', '2'],
      ],
    } as const;
    await broker.publish('a', 'x', { properties });
    const { properties: received } = await client.next('publish');
    expect(received).toMatchObject({ contentType: 'text/plain' });
    expect(Object.entries(received?.userProperties ?? {})).toEqual([
      ['b', '1'],
      ['a', '2'],
    ]);
  });

  it('keeps and forgets retained messages [MQTT-3.3.1-5] [MQTT-3.3.1-6]', async () => {
    const broker = await createBroker();
    await broker.publish('a', 'kept', { retain: true });
    await broker.publish('b', 'kept', { retain: true });
    await broker.publish('a', '', { retain: true });
    const messages = broker.subscribe('#');
    expect((await messages.next()).value).toMatchObject({ topicName: 'b', retain: true });
    await broker.close();
  });

  it.each([
    ['a wildcard in the topic name', 'a/#', {}, 'topic name has a wildcard'],
    ['an empty topic name', '', {}, 'topic name is empty'],
    ['a response topic with a wildcard', 'a', { responseTopic: '#' }, 'response topic is not a topic name'],
    ['U+0000 in a property', 'a', { contentType: '\0' }, 'properties are not well formed'],
    ['a payload that is not the text declared', 'a', { payloadFormat: 1 as const }, 'not the UTF-8'],
    ['too many user properties', 'a', { userProperties: new Array(40).fill(['a', 'b']) }, 'more user properties'],
  ])('rejects %s', async (_, topicName, properties, text) => {
    const broker = await createBroker();
    await expect(broker.publish(topicName, Buffer.from([255]), { properties })).rejects.toThrow(text);
    await broker.close();
  });

  it('copies the payload before it returns', async () => {
    const broker = await createBroker();
    const messages = broker.subscribe('a');
    const bytes = Buffer.from('first');
    const published = broker.publish('a', bytes);
    bytes.write('other');
    await published;
    expect((await messages.next()).value?.payload.toString()).toBe('first');
    await broker.close();
  });

  it('settles when what must be durable is safe, not before', async () => {
    const store = new DelayedStore();
    const { shard } = new ShardHarness({}, { store });
    const settled: string[] = [];
    const note = (name: string) => (outcome: string) => void settled.push(`${name} ${outcome}`);
    void publishMessage(shard, 'a', '1', { retain: true }).then(note('first'));
    void publishMessage(shard, 'a', '2', { retain: true }).then(note('second'));
    await new Promise(setImmediate);
    expect(settled).toEqual([]);
    store.commit(1);
    await new Promise(setImmediate);
    expect(settled).toEqual(['first noSubscribers']);
    store.commit(1);
    await new Promise(setImmediate);
    expect(settled).toHaveLength(2);
    await publishMessage(shard, 'a', 'no change', {});
  });
});
