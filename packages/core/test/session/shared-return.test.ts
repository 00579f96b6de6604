import { ONE_SHARD, type RawClient, type RawConnectOptions, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { DropReason } from '../../src/observe/drop-reason.ts';

const VERSIONS = [
  ['3.1.1', 4],
  ['5.0', 5],
] as const;
const FILTER = '$share/g/t';

async function join(
  harness: ShardHarness,
  clientId: string,
  version: 4 | 5,
  qos: 0 | 1 | 2 = 2,
  options: RawConnectOptions = {},
): Promise<RawClient> {
  const { client } = harness.open(version);
  client.autoAcknowledge = false;
  await client.connect({ clientId, clean: false, ...lasting(version), ...options });
  await client.subscribe(FILTER, qos);
  return client;
}

function lasting(version: 4 | 5): RawConnectOptions {
  return version === 5 ? { properties: { sessionExpiryInterval: 1000 } } : {};
}

/** Publishes `0`, `1`, ... */
async function publish(harness: ShardHarness, count: number, qos: 0 | 1 | 2): Promise<void> {
  const publisher = await harness.client(5);
  for (let i = 0; i < count; i++) publisher.publish('t', `${i}`, { qos });
  await publisher.ping();
}

/** `payload/qos` of what came, ! for DUP. */
async function messagesOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const texts: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish'))
    texts.push(`${packet.payload}/${packet.qos}${packet.dup ? '!' : ''}`);
  return texts;
}

/** Its connection breaks; afterwards the broker knows. */
async function leave(client: RawClient): Promise<void> {
  client.destroy();
  await Promise.resolve();
}

describe.each(VERSIONS)('a member that leaves, MQTT %s', (_, version) => {
  it('gives QoS 1 that it has not acknowledged to another member, in its order and without DUP', async () => {
    const harness = new ShardHarness();
    const leaver = await join(harness, 'leaver', version);
    await publish(harness, 3, 1);
    const first = await leaver.next('publish');
    leaver.send({ cmd: 'puback', messageId: first.messageId as number });
    await leaver.ping();
    const other = await join(harness, 'other', version);
    await leave(leaver);
    expect(await messagesOf(other)).toEqual(['1/1', '2/1']);
    const back = await join(harness, 'leaver', version);
    expect(await messagesOf(back)).toEqual([]);
  });

  it('gives what waits in its message queue to another member, whatever its QoS', async () => {
    for (const qos of [1, 2] as const) {
      const harness = new ShardHarness({ maxInflightMessages: 1 });
      const leaver = await join(harness, 'leaver', version);
      await publish(harness, 3, qos);
      expect(await messagesOf(leaver)).toEqual([`0/${qos}`]);
      const other = await join(harness, 'other', version);
      other.autoAcknowledge = true;
      await leave(leaver);
      // QoS 2 that has begun stays with the session that began it.
      expect(await messagesOf(other)).toEqual(qos === 1 ? ['0/1', '1/1', '2/1'] : ['1/2', '2/2']);
    }
  });

  it('completes QoS 2 that has begun when it comes back [MQTT-4.8.2-4]', async () => {
    const harness = new ShardHarness();
    const leaver = await join(harness, 'leaver', version);
    await publish(harness, 2, 2);
    const first = await leaver.next('publish');
    leaver.send({ cmd: 'pubrec', messageId: first.messageId as number });
    await leaver.next('pubrel');
    const other = await join(harness, 'other', version);
    await leave(leaver);
    expect(await messagesOf(other)).toEqual([]);
    const back = await harness.client(version, { clientId: 'leaver', clean: false, ...lasting(version) });
    expect((await back.next('pubrel')).messageId).toBe(first.messageId);
    expect(await messagesOf(back)).toEqual(['0/2!', '1/2!'].slice(1));
    await back.ping();
    expect(harness.shard.messages.size).toBe(0);
  });

  it('takes QoS 2 that has begun with it when its session ends [MQTT-4.8.2-5]', async () => {
    const harness = new ShardHarness();
    const leaver = await join(harness, 'leaver', version);
    await publish(harness, 2, 2);
    const first = await leaver.next('publish');
    leaver.send({ cmd: 'pubrec', messageId: first.messageId as number });
    await leaver.next('pubrel');
    const other = await join(harness, 'other', version);
    await leave(leaver);
    await harness.client(version, { clientId: 'leaver', clean: true });
    expect(await messagesOf(other)).toEqual([]);
    expect(harness.shard.messages.size).toBe(0);
    expect(harness.shard.counters.dropped[DropReason.SessionEnded]).toBe(2);
  });

  it('keeps its messages while no other member is online, and hands them to an offline one when its session ends', async () => {
    const harness = new ShardHarness();
    const other = await join(harness, 'other', version);
    await leave(other);
    const leaver = await join(harness, 'leaver', version);
    await publish(harness, 2, 1);
    await leave(leaver);
    const back = await join(harness, 'leaver', version);
    expect(await messagesOf(back)).toEqual(['0/1!', '1/1!']);
    await leave(back);
    await harness.client(version, { clientId: 'leaver', clean: true });
    expect(await messagesOf(await join(harness, 'other', version))).toEqual(['0/1', '1/1']);
  });

  it('gives messages back with the QoS of their publisher, lowered to what the other was granted [MQTT-4.8.2-3]', async () => {
    for (const [granted, expected] of [
      [2, '0/2'],
      [1, '0/1'],
      [0, '0/0'],
    ] as const) {
      const harness = new ShardHarness();
      const leaver = await join(harness, 'leaver', version, 1);
      await publish(harness, 1, 2);
      expect(await messagesOf(leaver)).toEqual(['0/1']);
      const other = await join(harness, 'other', version, granted);
      await leave(leaver);
      expect(await messagesOf(other)).toEqual([expected]);
    }
  });

  it('loses nothing when the whole group leaves one by one and the last one stays', async () => {
    const harness = new ShardHarness({ maxInflightMessages: 2 });
    const members = await Promise.all([0, 1, 2, 3].map((i) => join(harness, `member-${i}`, version, 1)));
    await publish(harness, 20, 1);
    for (const member of members.slice(0, 3)) await leave(member);
    const last = members[3] as RawClient;
    last.autoAcknowledge = true;
    for (const { cmd, messageId } of [...last.received])
      if (cmd === 'publish') last.send({ cmd: 'puback', messageId: messageId as number });
    const payloads = (await messagesOf(last)).map((text) => Number(text.split('/')[0]));
    expect(payloads.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(harness.shard.messages.size).toBe(0);
  });

  it('keeps what came by a subscription that is not shared', async () => {
    const harness = new ShardHarness();
    const leaver = await join(harness, 'leaver', version);
    await leaver.subscribe('own', 1);
    const other = await join(harness, 'other', version);
    const publisher = await harness.client(5);
    publisher.publish('own', 'x', { qos: 1 });
    await publisher.ping();
    await leave(leaver);
    expect(await messagesOf(other)).toEqual([]);
    expect(await messagesOf(await join(harness, 'leaver', version))).toEqual(['x/1!']);
  });
});

describe('shared messages, MQTT 5.0', () => {
  it.each([
    ['PUBACK', 1, 'puback'],
    ['PUBREC', 2, 'pubrec'],
  ] as const)('are dropped and offered to no other when %s refuses them [MQTT-4.8.2-6]', async (_, qos, cmd) => {
    const harness = new ShardHarness();
    const refuser = await join(harness, 'refuser', 5);
    await publish(harness, 1, qos);
    const other = await join(harness, 'other', 5);
    const { messageId } = await refuser.next('publish');
    refuser.send({ cmd, messageId: messageId as number, reasonCode: 0x97 });
    await refuser.ping();
    await leave(refuser);
    expect(await messagesOf(other)).toEqual([]);
    expect(harness.shard.messages.size).toBe(0);
  });

  it('go on with the subscription identifier of their new member, their own properties and what is left of their time', async () => {
    const harness = new ShardHarness();
    const leaver = await harness.client(5, { clientId: 'leaver' });
    leaver.autoAcknowledge = false;
    await leaver.subscribe(FILTER, 1, 11);
    const publisher = await harness.client(5);
    const properties = { messageExpiryInterval: 60, contentType: 'text', userProperties: { a: ['1', '2'], b: '3' } };
    publisher.publish('t', 'x', { qos: 1, properties });
    await publisher.ping();
    expect((await leaver.next('publish')).properties).toEqual({ ...properties, subscriptionIdentifier: 11 });
    const other = await harness.client(5, { clientId: 'other' });
    await other.subscribe(FILTER, 1, 300);
    const old = await harness.client(4, { clientId: 'old' });
    old.autoAcknowledge = false;
    harness.clock.advance(20_000);
    leaver.destroy();
    const expected = { ...properties, messageExpiryInterval: 40, subscriptionIdentifier: 300 };
    expect((await other.next('publish')).properties).toEqual(expected);
  });

  it('keep their properties on the way through a member of MQTT 3.1.1', async () => {
    const harness = new ShardHarness();
    const old = await join(harness, 'old', 4, 1);
    const publisher = await harness.client(5);
    publisher.publish('t', 'x', { qos: 1, properties: { contentType: 'text' } });
    await publisher.ping();
    expect((await old.next('publish')).payload.toString()).toBe('x');
    const other = await harness.client(5);
    await other.subscribe(FILTER, 1);
    await leave(old);
    expect((await other.next('publish')).properties).toEqual({ contentType: 'text' });
  });

  it('whose time is over go to no other member: what was begun is completed, the rest is counted', async () => {
    const harness = new ShardHarness({ maxInflightMessages: 1 });
    const leaver = await join(harness, 'leaver', 5, 1);
    const publisher = await harness.client(5);
    for (const payload of ['0', '1'])
      publisher.publish('t', payload, { qos: 1, properties: { messageExpiryInterval: 5 } });
    await publisher.ping();
    harness.clock.advance(6000);
    const other = await join(harness, 'other', 5, 1);
    await leave(leaver);
    expect(await messagesOf(other)).toEqual([]);
    const back = await join(harness, 'leaver', 5, 1);
    back.autoAcknowledge = true;
    const { dup, messageId } = await back.next('publish');
    expect(dup).toBe(true);
    back.send({ cmd: 'puback', messageId: messageId as number });
    expect(await messagesOf(back)).toEqual([]);
    expect(harness.shard.counters.dropped[DropReason.Expired]).toBe(1);
    expect(harness.shard.messages.size).toBe(0);
  });

  it('carry what is left of their expiry interval, whatever QoS they go on with [MQTT-3.3.2-6]', async () => {
    const harness = new ShardHarness();
    const leaver = await join(harness, 'leaver', 5, 1);
    const publisher = await harness.client(5);
    publisher.publish('t', 'x', { qos: 1, properties: { messageExpiryInterval: 100 } });
    await publisher.ping();
    harness.clock.advance(40_000);
    const other = await join(harness, 'other', 5, 0);
    await leave(leaver);
    expect(await other.next('publish')).toMatchObject({ qos: 0, properties: { messageExpiryInterval: 60 } });
  });

  // Of a member on another shard nobody knows how much room it has.
  it('stay with the session that stays when the other member has no room', async () => {
    const harness = new ShardHarness(
      { maxInflightMessages: 1, queueLimitBytes: 50, queueLimitMessages: 10 },
      ONE_SHARD,
    );
    const leaver = await join(harness, 'leaver', 5, 1);
    await publish(harness, 4, 1);
    const other = await join(harness, 'other', 5, 1);
    other.autoAcknowledge = false;
    const publisher = await harness.client(5);
    await other.unsubscribe(FILTER);
    await other.subscribe('u', 1);
    for (const payload of ['first', 'x'.repeat(30)]) publisher.publish('u', payload, { qos: 1 });
    await publisher.ping();
    await other.subscribe(FILTER, 1);
    await leave(leaver);
    expect(harness.shard.counters.dropped[DropReason.QueueFull]).toBe(0);
    const back = await join(harness, 'leaver', 5, 1);
    const all: string[] = [];
    for (const client of [back, other]) {
      client.autoAcknowledge = true;
      const first = await client.next('publish');
      client.send({ cmd: 'puback', messageId: first.messageId as number });
      all.push(`${first.payload}`, ...(await messagesOf(client)));
    }
    expect(all.map((text) => text[0])).toEqual(['1', '2', '3', 'f', 'x', '0']);
  });

  it('stay with the session that stays when the other member gets QoS 0 and is slow', async () => {
    const harness = new ShardHarness({ maxOutBufferBytes: 100 }, ONE_SHARD);
    const leaver = await join(harness, 'leaver', 5, 1);
    await publish(harness, 2, 1);
    const { client: other, transport } = harness.open(5);
    await other.connect({ clientId: 'other' });
    await other.subscribe('u');
    await other.subscribe(FILTER, 0);
    transport.congest();
    const publisher = await harness.client(5);
    for (let i = 0; i < 2; i++) publisher.publish('u', 'x'.repeat(200));
    await publisher.ping();
    await leave(leaver);
    expect(harness.shard.counters.dropped[DropReason.SlowReceiver]).toBe(0);
    expect(await messagesOf(await join(harness, 'leaver', 5, 1))).toEqual(['0/1!', '1/1!']);
  });
});
