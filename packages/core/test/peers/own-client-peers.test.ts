import { OwnClient } from '@nanomq-ts/core';
import { MemoryLink, MemoryTransport, RawClient } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';
import { FourShards, payloadsOf } from './four-shards.ts';

it('an own client that shares a subscription takes its part of what other shards publish, while it is online', async () => {
  const broker = new FourShards();
  const [hub] = broker.shards;
  const queueBound = { messages: 100, bytes: 0 };
  const own = new OwnClient(hub as never, { clientId: 'own', lastPacketId: 4095, queueBound, queuesQos0: false });
  own.subscribe({ topicFilter: '$share/g/t', qos: 1, raisesQos: false });
  const member = await broker.clientAt(1, 'member');
  await member.subscribe('$share/g/t', 1);
  const publisher = await broker.clientAt(2, 'publisher');
  const transport = new MemoryTransport();
  transport.attach(own.attach(transport, { protocolVersion: 5, receiveMaximum: 100, isResumed: true }));
  const client = new RawClient(new MemoryLink(transport, broker.settle), 5);
  broker.settle();
  for (let i = 0; i < 10; i++) publisher.publish('t', `${i}`, { qos: 1 });
  await publisher.ping();
  expect([(await payloadsOf(member)).length, (await payloadsOf(client)).length]).toEqual([5, 5]);
  client.destroy();
  broker.settle();
  for (let i = 0; i < 10; i++) publisher.publish('t', `${i}`, { qos: 1 });
  await publisher.ping();
  expect((await payloadsOf(member)).length).toBe(10);
});
