import { MQTT_ERRORS } from '@nanomq-ts/codec';
import { DropReason } from '@nanomq-ts/core';
import { malformedPublishVectors, ONE_SHARD, publishVectors, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** A session that outlives its connection, for any version. */
function kept(version: 3 | 4 | 5, clientId: string) {
  return { clientId, clean: false, ...(version === 5 && { properties: { sessionExpiryInterval: 3600 } }) };
}

/** Payloads that came since the last call. */
async function payloadsOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const payloads: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    payloads.push(packet.payload.toString());
  }
  return payloads;
}

describe('PUBLISH vectors against the shard', () => {
  it.each(malformedPublishVectors)('$name', async ({ protocolVersion, hex, error }) => {
    const harness = new ShardHarness();
    const bystander = await harness.client(5);
    await bystander.subscribe('#', 2);
    const client = await harness.client(protocolVersion);
    client.sendHex(hex);
    await client.expectClosed();
    const reasonCode = MQTT_ERRORS[error as keyof typeof MQTT_ERRORS].reasonCode;
    if (protocolVersion === 5) expect(client.received.at(-1)).toMatchObject({ cmd: 'disconnect', reasonCode });
    else expect(client.received.at(-1)?.cmd).toBe('connack');
    await bystander.expectNothing();
  });

  it.each(publishVectors.filter(({ name }) => !name.includes('topic alias')))('$name', async (vector) => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(5);
    await subscriber.subscribe('#', 2);
    const client = await harness.client(vector.protocolVersion);
    client.sendHex(vector.hex);
    await client.ping();
    await subscriber.next('publish');
  });
});

describe.each(VERSIONS)('PUBLISH, MQTT %s', (_, version) => {
  async function pair(qos: 0 | 1 | 2 = 2) {
    const harness = new ShardHarness();
    const subscriber = await harness.client(version);
    const publisher = await harness.client(version, kept(version, 'publisher'));
    await subscriber.subscribe('a/+', qos);
    publisher.autoAcknowledge = false;
    return { harness, subscriber, publisher };
  }

  it.each([
    [0, []],
    [1, ['puback 7']],
    [2, ['pubrec 7']],
  ] as const)(
    'QoS %i reaches a subscriber once and is answered as it requires [MQTT-3.3.4-1] [v3.1.1 MQTT-3.3.4-1] [MQTT-4.3.2-4] [MQTT-4.3.3-8]',
    async (qos, answers) => {
      const { subscriber, publisher } = await pair();
      publisher.publish('a/b', 'hi', { qos, messageId: 7 });
      await publisher.ping();
      const got = publisher.received.slice(1, -1).map(({ cmd, messageId }) => `${cmd} ${messageId}`);
      expect(got).toEqual(answers);
      const packet = await subscriber.next('publish');
      expect([packet.topic, packet.payload.toString(), packet.qos]).toEqual(['a/b', 'hi', qos]);
      expect(await payloadsOf(subscriber)).toEqual([]);
    },
  );

  it('QoS 0 goes out with QoS 0, DUP 0 and without packet identifier [MQTT-4.3.1-1] [v3.1.1 MQTT-4.3.1-1] [MQTT-2.2.1-2] [v3.1.1 MQTT-2.3.1-5]', async () => {
    const { subscriber, publisher } = await pair(0);
    for (const qos of [0, 1, 2] as const) publisher.publish('a/b', 'hi', { qos, dup: qos > 0 });
    await publisher.ping();
    for (let i = 0; i < 3; i++) {
      const { qos, dup, messageId } = await subscriber.next('publish');
      expect({ qos, dup, messageId }).toEqual({ qos: 0, dup: false, messageId: undefined });
    }
  });

  it.each([1, 2] as const)(
    'QoS %i with DUP goes out with DUP 0: it was not sent before [MQTT-3.3.1-3] [v3.1.1 MQTT-3.3.1-3] [MQTT-4.3.2-2] [MQTT-4.3.3-2] [v3.1.1 MQTT-4.3.2-1]',
    async (qos) => {
      const { subscriber, publisher } = await pair();
      publisher.publish('a/b', 'hi', { qos, dup: true });
      expect(await subscriber.next('publish')).toMatchObject({ qos, dup: false });
    },
  );

  it.each([true, false])(
    'an identifier means a new message once its PUBACK was sent, DUP %s [MQTT-4.3.2-5] [v3.1.1 MQTT-4.3.2-2]',
    async (dup) => {
      const { subscriber, publisher } = await pair();
      publisher.publish('a/b', '1', { qos: 1, messageId: 5 });
      publisher.publish('a/b', '2', { qos: 1, messageId: 5, dup });
      await publisher.next('puback');
      await publisher.next('puback');
      expect(await payloadsOf(subscriber)).toEqual(['1', '2']);
    },
  );

  it('QoS 2 is delivered once until PUBREL, and a repeat gets PUBREC again [MQTT-4.3.3-10] [v3.1.1 MQTT-4.3.3-2]', async () => {
    const { subscriber, publisher } = await pair();
    for (let i = 0; i < 3; i++) {
      publisher.publish('a/b', '1', { qos: 2, messageId: 5, dup: i > 0 });
      expect(await publisher.next('pubrec')).toMatchObject({ messageId: 5 });
    }
    expect(await payloadsOf(subscriber)).toEqual(['1']);
  });

  it('QoS 2 is delivered once also when the repeat comes over another connection [MQTT-4.3.3-10] [v3.1.1 MQTT-4.3.3-2]', async () => {
    const { harness, subscriber, publisher } = await pair();
    publisher.publish('a/b', '1', { qos: 2, messageId: 5 });
    publisher.destroy();
    const again = await harness.client(version, kept(version, 'publisher'));
    again.publish('a/b', '1', { qos: 2, messageId: 5, dup: true });
    const pubcomp = await again.next('pubcomp');
    expect([pubcomp.messageId, pubcomp.reasonCode ?? 0]).toEqual([5, 0]);
    expect(await payloadsOf(subscriber)).toEqual(['1']);
  });

  it('an identifier means a new message once its PUBCOMP was sent [MQTT-4.3.3-12] [v3.1.1 MQTT-4.3.3-2]', async () => {
    const { subscriber, publisher } = await pair();
    for (const payload of ['1', '2']) {
      publisher.publish('a/b', payload, { qos: 2, messageId: 5, dup: true });
      await publisher.next('pubrec');
      publisher.send({ cmd: 'pubrel', messageId: 5 });
      await publisher.next('pubcomp');
    }
    expect(await payloadsOf(subscriber)).toEqual(['1', '2']);
  });

  it('QoS 1 under the identifier of an open QoS 2 message ends nothing of that', async () => {
    const { subscriber, publisher } = await pair();
    publisher.publish('a/b', '2', { qos: 2, messageId: 5 });
    publisher.publish('a/b', '1', { qos: 1, messageId: 5 });
    expect(await publisher.next('pubrec')).toMatchObject({ messageId: 5 });
    expect(await publisher.next('puback')).toMatchObject({ messageId: 5 });
    publisher.publish('a/b', '2', { qos: 2, messageId: 5, dup: true });
    expect(await publisher.next('pubrec')).toMatchObject({ messageId: 5 });
    expect(await payloadsOf(subscriber)).toEqual(['2', '1']);
  });

  it('more QoS 2 messages without PUBREL than are allowed end the connection', async () => {
    const harness = new ShardHarness({ maxAwaitingRel: 2 });
    const client = await harness.client(version);
    client.autoAcknowledge = false;
    for (let messageId = 1; messageId <= 3; messageId++) client.publish('a', 'x', { qos: 2, messageId });
    await client.expectClosed();
    expect(client.received.filter(({ cmd }) => cmd === 'pubrec')).toHaveLength(2);
    if (version === 5) expect(client.received.at(-1)).toMatchObject({ cmd: 'disconnect', reasonCode: 0x93 });
  });

  it.each([0, 1, 2] as const)('QoS %i nobody subscribed to is acknowledged and counted', async (qos) => {
    const harness = new ShardHarness();
    const client = await harness.client(version);
    client.publish('a', 'x', { qos });
    if (qos === 1) expect((await client.next('puback')).reasonCode ?? 0).toBe(version === 5 ? 0x10 : 0);
    if (qos === 2) expect((await client.next('pubrec')).reasonCode ?? 0).toBe(version === 5 ? 0x10 : 0);
    await client.ping();
    expect(harness.shard.counters.dropped[DropReason.NoSubscribers]).toBe(1);
  });

  it.each([0, 1, 2] as const)(
    'QoS %i with RETAIN 0 neither stores nor touches the retained message [MQTT-3.3.1-8] [v3.1.1 MQTT-3.3.1-12]',
    async (qos) => {
      const { harness, publisher } = await pair();
      publisher.publish('a/kept', 'first', { qos: 1, retain: true });
      for (const payload of ['second', '']) {
        publisher.publish('a/kept', payload, { qos });
        publisher.publish('a/none', payload, { qos });
      }
      await publisher.ping();
      const late = await harness.client(version);
      await late.subscribe('a/+', 2);
      expect(await payloadsOf(late)).toEqual(['first']);
    },
  );

  it.each([0, 1, 2] as const)(
    'QoS %i with an empty payload and RETAIN 1 is delivered and not stored [MQTT-3.3.1-7] [v3.1.1 MQTT-3.3.1-11] [MQTT-3.3.1-6]',
    async (qos) => {
      const { harness, subscriber, publisher } = await pair();
      publisher.publish('a/kept', 'first', { qos: 1, retain: true });
      publisher.publish('a/kept', '', { qos, retain: true });
      publisher.publish('a/none', '', { qos, retain: true });
      await publisher.ping();
      expect(await payloadsOf(subscriber)).toEqual(['first', '', '']);
      const late = await harness.client(version);
      await late.subscribe('a/+', 2);
      expect(await payloadsOf(late)).toEqual([]);
    },
  );
});

describe('PUBLISH, MQTT 5.0', () => {
  it('a message that finds every queue full is refused, and its identifier means a new message then [MQTT-4.3.3-9]', async () => {
    // A publisher hears of full queues on its own shard alone.
    const harness = new ShardHarness({ queueLimitMessages: 1 }, ONE_SHARD);
    const subscriber = await harness.client(5, kept(5, 'subscriber'));
    await subscriber.subscribe('a', 2);
    subscriber.destroy();
    const publisher = await harness.client(5);
    publisher.autoAcknowledge = false;
    publisher.publish('a', 'queued', { qos: 1 });
    publisher.publish('a', 'refused', { qos: 2, messageId: 9 });
    publisher.publish('a', 'refused', { qos: 1, messageId: 8 });
    expect(await publisher.next('pubrec')).toMatchObject({ messageId: 9, reasonCode: 0x97 });
    await publisher.next('puback');
    expect(await publisher.next('puback')).toMatchObject({ messageId: 8, reasonCode: 0x97 });
    const again = await harness.client(5, kept(5, 'subscriber'));
    expect(await payloadsOf(again)).toEqual(['queued']);
    publisher.publish('a', 'new', { qos: 2, messageId: 9 });
    expect((await publisher.next('pubrec')).reasonCode ?? 0).toBe(0);
    expect(await payloadsOf(again)).toEqual(['new']);
  });

  it.each([
    ['text that is UTF-8', 1, 'c3a4', true],
    ['text that is not', 1, 'c3', false],
    ['no text at all', 0, 'c3', true],
  ])('payload format: %s', async (_, indicator, payload, isTaken) => {
    const harness = new ShardHarness();
    const client = await harness.client(5);
    const properties = { payloadFormatIndicator: indicator === 1 };
    client.publish('a', Buffer.from(payload, 'hex'), { qos: 1, properties });
    if (isTaken) {
      await client.next('puback');
      return;
    }
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x99 });
    await client.expectClosed();
  });

  it('a client that exceeds the receive maximum is cut off [MQTT-3.3.4-7]', async () => {
    const harness = new ShardHarness({ receiveMaximum: 2 });
    const client = await harness.client(5);
    client.autoAcknowledge = false;
    for (let messageId = 1; messageId <= 2; messageId++) client.publish('a', 'x', { qos: 2, messageId });
    // A repeat is no message more.
    client.publish('a', 'x', { qos: 2, messageId: 2, dup: true });
    await client.ping();
    client.publish('a', 'x', { qos: 2, messageId: 3 });
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x93 });
  });

  it.each([false, true])(
    'what an earlier connection left open uses up nothing of the receive maximum, ended first: %s [MQTT-4.9.0-1] [MQTT-3.3.4-7]',
    async (isEndedFirst) => {
      const harness = new ShardHarness({ receiveMaximum: 2 });
      for (const ids of [
        [1, 2],
        [3, 4],
      ]) {
        const client = await harness.client(5, kept(5, 'publisher'));
        client.autoAcknowledge = false;
        if (isEndedFirst && ids[0] === 3) for (const messageId of [1, 2]) client.send({ cmd: 'pubrel', messageId });
        for (const messageId of ids) {
          client.publish('a', 'x', { qos: 2, messageId });
          expect(await client.next('pubrec')).toMatchObject({ messageId });
        }
        client.publish('a', 'x', { qos: 2, messageId: 9 });
        expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x93 });
      }
    },
  );

  it('an acknowledged message gives its place back [MQTT-3.3.4-7]', async () => {
    const harness = new ShardHarness({ receiveMaximum: 1 });
    const client = await harness.client(5);
    for (let messageId = 1; messageId <= 5; messageId++) {
      client.publish('a', 'x', { qos: 1, messageId });
      client.publish('a', 'x', { qos: 2, messageId });
      await client.next('pubcomp');
    }
    await client.ping();
  });
});
