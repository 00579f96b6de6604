import { DropReason } from '@nanomq-ts/core';
import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import type { IPublishPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

type Version = 3 | 4 | 5;

function kept(version: Version) {
  return {
    clientId: 'subscriber',
    clean: false,
    ...(version === 5 && { properties: { sessionExpiryInterval: 36_000 } }),
  };
}

/** What came since the last call. */
async function publishesOf(client: RawClient): Promise<IPublishPacket[]> {
  await client.ping();
  const packets: IPublishPacket[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    packets.push(packet);
  }
  return packets;
}

async function textsOf(client: RawClient): Promise<string[]> {
  return (await publishesOf(client)).map(({ payload }) => payload.toString());
}

async function setUp(version: Version, options: ConstructorParameters<typeof ShardHarness>[0] = {}) {
  const harness = new ShardHarness(options);
  const subscriber = await harness.client(version, kept(version));
  await subscriber.subscribe('a', 2);
  const publisher = await harness.client(5);
  publisher.autoAcknowledge = false;
  /** Publishes with an expiry interval in seconds. */
  async function publish(payload: string, messageExpiryInterval: number, qos: 1 | 2 = 1): Promise<number> {
    const messageId = publisher.publish('a', payload, { qos, properties: { messageExpiryInterval } });
    await publisher.next(qos === 1 ? 'puback' : 'pubrec');
    return messageId;
  }
  return { harness, subscriber, publisher, publish };
}

describe.each(VERSIONS)('a message expiry interval that ran out, subscriber with MQTT %s', (_, version) => {
  it('while the client was away deletes its copy, and is counted [MQTT-3.3.2-5]', async () => {
    const { harness, subscriber, publish } = await setUp(version);
    subscriber.destroy();
    await publish('one', 1);
    await publish('ten', 10);
    await publish('none', 0);
    harness.clock.advance(1000);
    const again = await harness.client(version, kept(version));
    expect(await textsOf(again)).toEqual(['ten']);
    expect(harness.shard.counters.dropped[DropReason.Expired]).toBe(2);
    expect(harness.shard.messages.size).toBe(0);
  });

  it('while the message waited for room in the window deletes its copy [MQTT-3.3.2-5]', async () => {
    const { harness, subscriber, publish } = await setUp(version, { maxInflightMessages: 1 });
    subscriber.autoAcknowledge = false;
    await publish('in flight', 1);
    await publish('expires', 1);
    await publish('stays', 100);
    const { messageId = 0 } = await subscriber.next('publish');
    harness.clock.advance(5000);
    subscriber.send({ cmd: 'puback', messageId });
    expect(await textsOf(subscriber)).toEqual(['stays']);
    expect(harness.shard.counters.dropped[DropReason.Expired]).toBe(1);
  });

  it('after the message was sent deletes nothing: it is sent again [MQTT-4.3.3-7] [MQTT-4.4.0-1]', async () => {
    const { harness, subscriber, publish } = await setUp(version);
    subscriber.autoAcknowledge = false;
    await publish('QoS 1', 1, 1);
    await publish('QoS 2', 1, 2);
    expect(await textsOf(subscriber)).toEqual(['QoS 1', 'QoS 2']);
    subscriber.destroy();
    harness.clock.advance(5000);
    const packets = await publishesOf(await harness.client(version, kept(version)));
    expect(packets.map(({ payload, dup }) => [payload.toString(), dup])).toEqual([
      ['QoS 1', true],
      ['QoS 2', true],
    ]);
    if (version === 5) expect(packets.map(({ properties }) => properties?.messageExpiryInterval)).toEqual([0, 0]);
    expect(harness.shard.counters.droppedTotal).toBe(0);
  });

  it('changes nothing in the exchange with its publisher [MQTT-4.3.3-13]', async () => {
    const { harness, subscriber, publisher, publish } = await setUp(version);
    subscriber.destroy();
    const messageId = await publish('expires', 1, 2);
    harness.clock.advance(5000);
    const again = await harness.client(version, kept(version));
    expect(await textsOf(again)).toEqual([]);
    const properties = { messageExpiryInterval: 1 };
    publisher.publish('a', 'expires', { qos: 2, messageId, dup: true, properties });
    expect((await publisher.next('pubrec')).reasonCode ?? 0).toBe(0);
    publisher.send({ cmd: 'pubrel', messageId });
    const pubcomp = await publisher.next('pubcomp');
    expect([pubcomp.messageId, pubcomp.reasonCode ?? 0]).toEqual([messageId, 0]);
    expect(await textsOf(again)).toEqual([]);
  });
});

it.each([
  ['ends', 0],
  ['is away', 3600],
])(
  'a shared message that expired is not handed on when the session of its member %s [MQTT-3.3.2-5]',
  async (_, expiry) => {
    const harness = new ShardHarness();
    const properties = { receiveMaximum: 1, sessionExpiryInterval: expiry };
    const member = await harness.client(5, { clientId: 'member', clean: false, properties });
    await member.subscribe('$share/g/a', 1);
    member.autoAcknowledge = false;
    const publisher = await harness.client(5);
    for (const [payload, seconds] of [
      ['sent, expires', 1],
      ['expires', 1],
      ['stays', 100],
    ] as const) {
      publisher.publish('a', payload, { qos: 1, properties: { messageExpiryInterval: seconds } });
      await publisher.next('puback');
    }
    const other = await harness.client(5);
    await other.subscribe('$share/g/a', 1);
    harness.clock.advance(5000);
    await member.ping();
    member.destroy();
    expect(await textsOf(other)).toEqual(['stays']);
  },
);

describe('what is left of a message expiry interval', () => {
  it.each([1, 2] as const)('is sent: less the time that the message waited, QoS %i [MQTT-3.3.2-6]', async (qos) => {
    const { harness, subscriber, publish } = await setUp(5);
    subscriber.destroy();
    for (const seconds of [11, 0xffffffff, 100]) await publish(`${seconds}`, seconds, qos);
    harness.clock.advance(9500);
    const packets = await publishesOf(await harness.client(5, kept(5)));
    // Half a second of it is left beyond a whole one, and is not denied.
    expect(packets.map(({ properties }) => properties?.messageExpiryInterval)).toEqual([2, 0xffffffff - 9, 91]);
  });

  it('is all of it for a message that did not wait, whatever its QoS [MQTT-3.3.2-6]', async () => {
    const { subscriber, publisher } = await setUp(5);
    for (const qos of [0, 1, 2] as const) {
      publisher.publish('a', 'x', { qos, properties: { messageExpiryInterval: 7 } });
      await publisher.ping();
    }
    const packets = await publishesOf(subscriber);
    expect(packets.map(({ properties }) => properties?.messageExpiryInterval)).toEqual([7, 7, 7]);
  });

  it('is sent again with the message, less what has passed since [MQTT-3.3.2-6] [MQTT-4.4.0-1]', async () => {
    const { harness, subscriber, publish } = await setUp(5);
    subscriber.autoAcknowledge = false;
    await publish('x', 60);
    expect((await subscriber.next('publish')).properties?.messageExpiryInterval).toBe(60);
    subscriber.destroy();
    harness.clock.advance(20_000);
    const again = await harness.client(5, kept(5));
    expect((await again.next('publish')).properties?.messageExpiryInterval).toBe(40);
  });
});
