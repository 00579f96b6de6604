import { describe, expect, it } from 'vitest';
import { createBroker, type Message, type MessageStream, MqttError } from '../../src/index.ts';
import { openBroker } from './opened-broker.ts';

async function take(stream: MessageStream, count: number): Promise<Message[]> {
  const taken: Message[] = [];
  while (taken.length < count) {
    const { value } = await stream.next();
    if (value === undefined) break;
    taken.push(value);
  }
  return taken;
}

const texts = (messages: readonly Message[]) => messages.map(({ payload }) => payload.toString());

describe('subscribe', () => {
  it.each([3, 4, 5] as const)(
    'gives what clients of version %i publish, in order and with every QoS',
    async (version) => {
      const { broker, connect } = await openBroker();
      const messages = broker.subscribe('room/+/temperature', { qos: 2 });
      const client = await connect('p', version);
      for (const qos of [0, 1, 2] as const) client.publish('room/1/temperature', `${qos}`, { qos });
      expect(await take(messages, 3)).toMatchObject([0, 1, 2].map((qos) => ({ topicName: 'room/1/temperature', qos })));
    },
  );

  it('gives the properties of a message as they were sent [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]', async () => {
    const { broker, connect } = await openBroker();
    const messages = broker.subscribe('a');
    const client = await connect('p');
    client.publish('a', 'x', {
      properties: {
        payloadFormatIndicator: true,
        contentType: 'text/plain',
        responseTopic: 'r/1',
        correlationData: Buffer.from([0, 255]),
        messageExpiryInterval: 60,
        userProperties: { b: ['1', '2'], a: '3' },
      },
    });
    const [message] = await take(messages, 1);
    expect(message?.properties).toEqual({
      payloadFormat: 1,
      contentType: 'text/plain',
      responseTopic: 'r/1',
      correlationData: Buffer.from([0, 255]),
      messageExpirySeconds: 60,
      userProperties: [
        ['b', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    });
  });

  it('keeps topic aliases and subscription identifiers of clients out of it', async () => {
    const { broker, connect } = await openBroker();
    const messages = broker.subscribe('a', { qos: 1 });
    const client = await connect('p');
    await client.subscribe('a', 1, 7);
    client.publish('a', '1', { qos: 1, properties: { topicAlias: 1, contentType: 'text' } });
    client.publish('', '2', { qos: 1, properties: { topicAlias: 1 } });
    expect(await take(messages, 2)).toMatchObject([
      { topicName: 'a', payload: Buffer.from('1'), properties: { contentType: 'text', userProperties: [] } },
      { topicName: 'a', payload: Buffer.from('2'), properties: { userProperties: [] } },
    ]);
  });

  it('starts with retained messages, unless they are not wanted', async () => {
    const broker = await createBroker();
    await broker.publish('a', 'kept', { retain: true });
    const withRetained = broker.subscribe('#');
    const without = broker.subscribe('#', { retained: false });
    await broker.publish('a', 'new');
    expect(await take(withRetained, 2)).toMatchObject([{ retain: true }, { retain: false }]);
    expect(texts(await take(without, 1))).toEqual(['new']);
    await broker.close();
  });

  it('shares with clients: each message to one member [MQTT-4.8.2-3]', async () => {
    const { broker, connect } = await openBroker();
    const messages = broker.subscribe('$share/g/a', { qos: 1 });
    const client = await connect('member');
    await client.subscribe('$share/g/a', 1);
    for (let i = 0; i < 4; i++) await broker.publish('a', `${i}`, { qos: 1 });
    const own = texts(await take(messages, 2));
    const others = [await client.next('publish'), await client.next('publish')].map(({ payload }) => `${payload}`);
    expect([...own, ...others].sort()).toEqual(['0', '1', '2', '3']);
  });

  it('serves overlapping calls of next in their order', async () => {
    const broker = await createBroker();
    const messages = broker.subscribe('a');
    const taken = [messages.next(), messages.next(), messages.next()];
    for (const text of ['1', '2']) await broker.publish('a', text);
    messages.close();
    const results = await Promise.all(taken);
    expect(results.map(({ value }) => value?.payload.toString())).toEqual(['1', '2', undefined]);
    await broker.close();
  });

  it('holds QoS 1 and 2 back for a slow loop and loses nothing', async () => {
    const broker = await createBroker({ config: 'mqtt.max_mqueue_len = 2048' });
    const messages = broker.subscribe('a', { qos: 2, receiveMaximum: 2 });
    const sent = Array.from({ length: 500 }, (_, i) => `${i}`);
    for (const text of sent) await broker.publish('a', text, { qos: 2 });
    expect(texts(await take(messages, 500))).toEqual(sent);
    await broker.close();
  });

  it('tells the publisher when a loop that takes nothing has filled the message queue', async () => {
    const broker = await createBroker({ config: 'mqtt.max_mqueue_len = 1' });
    const messages = broker.subscribe('a', { qos: 1, receiveMaximum: 1 });
    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push(await broker.publish('a', `${i}`, { qos: 1 }));
    expect(outcomes).toEqual(['delivered', 'delivered', 'queuesFull']);
    expect(texts(await take(messages, 2))).toEqual(['0', '1']);
    await broker.close();
  });

  it.each([
    ['a/#/b', '# must be the whole last level'],
    ['', 'filter is empty'],
    ['$share/g', 'shared subscription has no filter'],
  ])('names the fault of the filter %j', async (topicFilter, fault) => {
    const broker = await createBroker();
    const error = expect.objectContaining({ code: 'TOPIC_FILTER_INVALID', message: expect.stringContaining(fault) });
    expect(() => broker.subscribe(topicFilter)).toThrow(error);
    expect(() => broker.subscribe(topicFilter)).toThrow(MqttError);
    await broker.close();
  });

  it.each([{ qos: 3 as 2 }, { receiveMaximum: 0 }, { receiveMaximum: 65_536 }, { receiveMaximum: 1.5 }])(
    'refuses %j',
    async (options) => {
      const broker = await createBroker();
      expect(() => broker.subscribe('a', options)).toThrow(RangeError);
      await broker.close();
    },
  );
});

describe('the end of a subscription', () => {
  it.each([
    [
      'leaving the loop',
      async (stream: MessageStream) => {
        for await (const _ of stream) break;
      },
    ],
    [
      'an error out of the loop',
      async (stream: MessageStream) => {
        const failing = async () => {
          for await (const _ of stream) throw new Error('mine');
        };
        await expect(failing()).rejects.toThrow('mine');
      },
    ],
    ['close()', async (stream: MessageStream) => stream.close()],
    ['Symbol.asyncDispose', (stream: MessageStream) => stream[Symbol.asyncDispose]()],
  ])('comes by %s', async (_, end) => {
    const broker = await createBroker();
    const stream = broker.subscribe('a');
    await broker.publish('a', 'x');
    await end(stream);
    expect(await broker.publish('a', 'late')).toBe('noSubscribers');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await broker.close();
  });

  it('comes with the end of the broker, for loops that wait as well', async () => {
    const broker = await createBroker();
    const waiting = (async () => {
      for await (const _ of broker.subscribe('a'));
      return 'ended';
    })();
    const idle = broker.subscribe('a');
    await broker.close();
    expect(await waiting).toBe('ended');
    expect((await idle.next()).done).toBe(true);
  });
});
