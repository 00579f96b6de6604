import { MQTT_ERRORS } from '@nanomq-ts/codec';
import { acknowledgementVectors, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

describe('acknowledgement vectors against the shard', () => {
  it.each(acknowledgementVectors)('$name', async ({ protocolVersion, hex, error }) => {
    const harness = new ShardHarness();
    const bystander = await harness.client(4);
    const client = await harness.client(protocolVersion);
    client.sendHex(hex);
    if (error === undefined) {
      await client.ping();
    } else {
      await client.expectClosed();
      const last = client.received.at(-1);
      if (protocolVersion === 5)
        expect(last).toMatchObject({ cmd: 'disconnect', reasonCode: MQTT_ERRORS[error].reasonCode });
      else expect(last?.cmd).toBe('connack');
    }
    await bystander.ping();
  });
});

async function pairOf(version: 3 | 4 | 5, qos: 0 | 1 | 2 = 2) {
  const harness = new ShardHarness();
  const subscriber = await harness.client(version);
  const publisher = await harness.client(version);
  await subscriber.subscribe('a', qos);
  subscriber.autoAcknowledge = false;
  publisher.autoAcknowledge = false;
  return { harness, subscriber, publisher };
}

describe.each([
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const)('acknowledgements, MQTT %s', (_, version) => {
  const unknownReason = version === 5 ? { reasonCode: 0x92 } : {};

  it('PUBREL of an unknown identifier is answered with PUBCOMP [MQTT-4.3.3-11] [v3.1.1 MQTT-4.3.3-2]', async () => {
    const { harness, publisher } = await pairOf(version);
    publisher.send({ cmd: 'pubrel', messageId: 77 });
    expect(await publisher.next('pubcomp')).toMatchObject({ messageId: 77, ...unknownReason });
    expect(harness.shard.counters.unknownAcknowledgements).toBe(1);
  });

  it('PUBREC of an unknown identifier is answered with PUBREL', async () => {
    const { harness, subscriber } = await pairOf(version);
    subscriber.send({ cmd: 'pubrec', messageId: 77 });
    expect(await subscriber.next('pubrel')).toMatchObject({ messageId: 77, ...unknownReason });
    expect(harness.shard.counters.unknownAcknowledgements).toBe(1);
  });

  it(`PUBREL with DUP, sent again, is ${version === 3 ? 'answered' : 'malformed'} [MQTT-3.6.1-1] [v3.1.1 MQTT-3.6.1-1]`, async () => {
    const { publisher } = await pairOf(version);
    publisher.publish('a', 'x', { qos: 2, messageId: 9 });
    await publisher.next('pubrec');
    publisher.sendHex('6a 02 00 09');
    if (version === 3) expect(await publisher.next('pubcomp')).toMatchObject({ messageId: 9 });
    else await publisher.expectClosed();
  });

  it.each(['puback', 'pubcomp'] as const)('%s of an unknown identifier is counted and goes unanswered', async (cmd) => {
    const { harness, subscriber } = await pairOf(version);
    subscriber.send({ cmd, messageId: 77 });
    await subscriber.expectNothing();
    expect(harness.shard.counters.unknownAcknowledgements).toBe(1);
  });

  it('one repeats the packet identifier of what it answers [MQTT-2.2.1-5] [v3.1.1 MQTT-2.3.1-6]', async () => {
    const { publisher, subscriber } = await pairOf(version);
    publisher.publish('a', '1', { qos: 1, messageId: 0xfffe });
    publisher.publish('a', '2', { qos: 2, messageId: 0xffff });
    expect(await publisher.next('puback')).toMatchObject({ messageId: 0xfffe });
    expect(await publisher.next('pubrec')).toMatchObject({ messageId: 0xffff });
    publisher.send({ cmd: 'pubrel', messageId: 0xffff });
    expect(await publisher.next('pubcomp')).toMatchObject({ messageId: 0xffff });
    await subscriber.next('publish');
    const { messageId } = await subscriber.next('publish');
    subscriber.send({ cmd: 'pubrec', messageId: messageId as number });
    expect(await subscriber.next('pubrel')).toMatchObject({ messageId });
  });

  it('PUBREC is answered with PUBREL each time, and PUBCOMP ends it [MQTT-4.3.3-4] [v3.1.1 MQTT-4.3.3-1]', async () => {
    const { harness, publisher, subscriber } = await pairOf(version);
    publisher.publish('a', 'x', { qos: 2 });
    const { messageId = 0 } = await subscriber.next('publish');
    for (let i = 0; i < 2; i++) {
      subscriber.send({ cmd: 'pubrec', messageId });
      expect((await subscriber.next('pubrel')).reasonCode ?? 0).toBe(0);
    }
    expect(harness.shard.messages.size).toBe(1);
    subscriber.send({ cmd: 'pubcomp', messageId });
    await subscriber.expectNothing();
    expect(harness.shard.messages.size).toBe(0);
    expect(harness.shard.counters.unknownAcknowledgements).toBe(0);
  });

  it.each([
    ['PUBACK for QoS 2', 2, 'puback'],
    ['PUBCOMP before PUBREC', 2, 'pubcomp'],
    ['PUBCOMP for QoS 1', 1, 'pubcomp'],
    ['PUBREC for QoS 1', 1, 'pubrec'],
  ] as const)('%s ends nothing [MQTT-4.3.2-3] [MQTT-4.3.3-3] [MQTT-4.3.3-5]', async (_name, qos, cmd) => {
    const { harness, publisher, subscriber } = await pairOf(version);
    publisher.publish('a', 'x', { qos });
    const { messageId = 0 } = await subscriber.next('publish');
    subscriber.send({ cmd, messageId });
    await subscriber.ping();
    expect(harness.shard.counters.unknownAcknowledgements).toBe(1);
    expect(harness.shard.messages.size).toBe(1);
  });

  it('inbound and outbound packet identifiers do not meet', async () => {
    const { harness, subscriber } = await pairOf(version);
    const publisher = await harness.client(version);
    publisher.publish('a', 'x', { qos: 2 });
    const { messageId = 0 } = await subscriber.next('publish');
    subscriber.publish('b', 'y', { qos: 2, messageId });
    await subscriber.next('pubrec');
    subscriber.send({ cmd: 'pubrel', messageId });
    expect((await subscriber.next('pubcomp')).reasonCode ?? 0).toBe(0);
    subscriber.send({ cmd: 'pubrec', messageId });
    expect((await subscriber.next('pubrel')).reasonCode ?? 0).toBe(0);
  });
});

describe('acknowledgements with a reason code, MQTT 5.0', () => {
  it.each([
    ['PUBACK', 1, 'puback'],
    ['PUBREC', 2, 'pubrec'],
  ] as const)('%s of 0x80 or more ends the flow and frees its place [MQTT-4.4.0-2]', async (_, qos, cmd) => {
    const harness = new ShardHarness();
    const properties = { sessionExpiryInterval: 100, receiveMaximum: 1 };
    const subscriber = await harness.client(5, { clientId: 's', clean: false, properties });
    const publisher = await harness.client(5);
    await subscriber.subscribe('a', 2);
    subscriber.autoAcknowledge = false;
    publisher.publish('a', '1', { qos });
    publisher.publish('a', '2', { qos });
    const { messageId = 0 } = await subscriber.next('publish');
    subscriber.send({ cmd, messageId, reasonCode: 0x97 });
    const second = await subscriber.next('publish');
    expect(second.payload.toString()).toBe('2');
    subscriber.send({ cmd, messageId: second.messageId as number, reasonCode: 0x80 });
    await subscriber.expectNothing();
    subscriber.destroy();
    const again = await harness.client(5, { clientId: 's', clean: false, properties });
    await again.expectNothing();
    expect(harness.shard.messages.size).toBe(0);
  });

  it('PUBREC 0x10 is no failure [MQTT-4.3.3-4]', async () => {
    const { publisher, subscriber } = await pairOf(5);
    publisher.publish('a', 'x', { qos: 2 });
    const { messageId = 0 } = await subscriber.next('publish');
    subscriber.send({ cmd: 'pubrec', messageId, reasonCode: 0x10 });
    expect(await subscriber.next('pubrel')).toMatchObject({ messageId });
  });
});
