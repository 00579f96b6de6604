import { ShardHarness } from '@nanomq-ts/testkit';
import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

type Properties = NonNullable<IConnectPacket['properties']>;

/** Connects with these properties and returns those of the CONNACK. */
async function answered(harness: ShardHarness, properties: Properties = {}, keepAliveSeconds = 60) {
  const { client } = harness.open(5);
  const connack = await client.connect({ clientId: 'a', keepAliveSeconds, properties });
  expect(connack.reasonCode).toBe(0);
  return { client, granted: connack.properties ?? {} };
}

describe('what CONNACK grants', () => {
  it.each([
    ['Server Keep Alive: the own one, where the client asks for more', { serverKeepAliveSeconds: 30 }, 60, 30],
    ['Server Keep Alive: the own one, where the client asks for none', { serverKeepAliveSeconds: 30 }, 0, 30],
    ['Server Keep Alive: absent, where the client asks for less', { serverKeepAliveSeconds: 30 }, 20, undefined],
    ['Server Keep Alive: absent, where the server has none', {}, 60, undefined],
  ])('%s [MQTT-3.2.2-22]', async (_, options, keepAliveSeconds, serverKeepAlive) => {
    const { granted } = await answered(new ShardHarness(options), {}, keepAliveSeconds);
    expect(granted.serverKeepAlive).toBe(serverKeepAlive);
  });

  it.each([
    ['is said where it is shorter than asked for', 3600, 100],
    ['is absent where it is what was asked for', 100, undefined],
    ['is absent where the session ends with the connection', undefined, undefined],
    ['is said where none was to end', 0xffffffff, 100],
  ])('the session expiry interval %s', async (_, sessionExpiryInterval, expected) => {
    const harness = new ShardHarness({ maxSessionExpirySeconds: 100 });
    const properties = sessionExpiryInterval === undefined ? {} : { sessionExpiryInterval };
    const { granted } = await answered(harness, properties);
    expect(granted.sessionExpiryInterval).toBe(expected);
    expect(harness.shard.sessions.find('a')?.expirySeconds).toBe(Math.min(sessionExpiryInterval ?? 0, 100));
  });

  it('receive maximum, maximum packet size and topic alias maximum are those of the options', async () => {
    const options = { receiveMaximum: 7, maxPacketBytes: 5000, maxTopicAlias: 3 };
    const { granted } = await answered(new ShardHarness(options));
    expect(granted).toEqual({ receiveMaximum: 7, maximumPacketSize: 5000, topicAliasMaximum: 3 });
  });

  it('values that are the default of the specification are left out', async () => {
    const { granted } = await answered(new ShardHarness({ receiveMaximum: 65_535, maxTopicAlias: 0 }));
    expect(Object.keys(granted)).toEqual(['maximumPacketSize']);
  });

  it.each([
    ['as QoS 1 and 2 are supported, no Maximum QoS is announced [MQTT-3.2.2-9]', 'maximumQoS'],
    ['as RETAIN is supported, Retain Available is not sent [MQTT-3.2.2-14]', 'retainAvailable'],
  ])('%s', async (_, property) => {
    const { granted } = await answered(new ShardHarness());
    expect(granted).not.toHaveProperty(property);
  });

  it('a PUBLISH of each QoS is accepted [MQTT-3.2.2-11], retained too [MQTT-3.2.2-14]', async () => {
    const harness = new ShardHarness();
    const { client } = await answered(harness);
    for (const qos of [0, 1, 2] as const) client.publish(`kept/${qos}`, 'x', { qos, retain: true });
    expect((await client.next('puback')).reasonCode ?? 0).toBeLessThan(0x80);
    expect((await client.next('pubcomp')).reasonCode ?? 0).toBeLessThan(0x80);
    await client.subscribe('kept/+', 2);
    const packets = [await client.next('publish'), await client.next('publish'), await client.next('publish')];
    expect(packets.map(({ topic, qos, retain }) => [topic, qos, retain]).sort()).toEqual([
      ['kept/0', 0, true],
      ['kept/1', 1, true],
      ['kept/2', 2, true],
    ]);
  });

  it.each([0, 1, 2] as const)(
    'no will is refused for its QoS, %i [MQTT-3.2.2-12], or because it is retained [MQTT-3.2.2-13]',
    async (qos) => {
      const { client } = new ShardHarness().open(5);
      const connack = await client.connect({
        clientId: 'a',
        will: { topic: 'w', payload: Buffer.from('x'), qos, retain: true },
      });
      expect(connack.reasonCode).toBe(0);
    },
  );
});

describe('a topic alias from the client', () => {
  it('of the maximum announced is accepted, one above ends the connection with 0x94 [MQTT-3.2.2-17]', async () => {
    const harness = new ShardHarness({ maxTopicAlias: 3 });
    const { client, granted } = await answered(harness);
    expect(granted.topicAliasMaximum).toBe(3);
    client.publish('t', 'x', { qos: 1, properties: { topicAlias: 3 } });
    await client.next('puback');
    client.publish('t', 'x', { qos: 1, properties: { topicAlias: 4 } });
    expect((await client.next('disconnect')).reasonCode).toBe(0x94);
    await client.expectClosed();
    expect(harness.shard.counters.publishReceived).toBe(2);
  });

  it('ends the connection with 0x94 where none is announced [MQTT-3.2.2-18]', async () => {
    const { client, granted } = await answered(new ShardHarness({ maxTopicAlias: 0 }));
    expect(granted.topicAliasMaximum).toBeUndefined();
    client.publish('t', 'x', { properties: { topicAlias: 1 } });
    expect((await client.next('disconnect')).reasonCode).toBe(0x94);
    await client.expectClosed();
  });
});

describe('Request Response Information', () => {
  it.each([
    ['absent: none in CONNACK [MQTT-3.1.2-28]', {}, undefined],
    ['0: none in CONNACK [MQTT-3.1.2-28]', { requestResponseInformation: false }, undefined],
    ['1: a topic of the client alone', { requestResponseInformation: true }, 'response/a'],
  ])('%s', async (_, properties, expected) => {
    const { granted } = await answered(new ShardHarness(), properties);
    expect(granted.responseInformation).toBe(expected);
  });
});

describe('Request Problem Information', () => {
  it('0: neither reason string nor user property but in PUBLISH [MQTT-3.1.2-29]', async () => {
    const harness = new ShardHarness(
      { maxTopicLevels: 4 },
      {
        access: {
          authenticate: () => 0,
          checksPublish: true,
          publish: (_, topicName) => (topicName === 'no' ? 0x87 : 0),
          subscribe: (_, topicFilter) => (topicFilter === 'no' ? 0x87 : 0),
        },
      },
    );
    const { client } = await answered(harness, { requestProblemInformation: false });
    await client.subscribe('no', 1);
    await client.subscribe('1/2/3/4/5/6', 1);
    await client.subscribe('yes', 1);
    await client.unsubscribe('never');
    const properties = { userProperties: { name: 'value' } };
    client.publish('no', 'x', { qos: 1, properties });
    client.publish('no', 'x', { qos: 2, properties });
    client.publish('yes', 'x', { qos: 1, properties });
    client.send({ cmd: 'pubrel', messageId: 999, reasonCode: 0x92 });
    expect((await client.next('publish')).properties).toMatchObject({ userProperties: { name: 'value' } });
    await client.ping();
    client.sendHex('00 00');
    const disconnect = await client.next('disconnect');
    expect([disconnect.reasonCode, disconnect.properties?.reasonString]).toEqual([0x81, undefined]);
    const others = client.received.filter(({ cmd }) => cmd !== 'publish');
    expect(new Set(others.map(({ cmd }) => cmd))).toEqual(
      new Set(['connack', 'suback', 'unsuback', 'puback', 'pubrec', 'pubcomp', 'pingresp', 'disconnect']),
    );
    for (const packet of others) {
      const given = 'properties' in packet ? (packet.properties ?? {}) : {};
      expect([packet.cmd, Object.keys(given).filter((name) => /reason|user/i.test(name))]).toEqual([packet.cmd, []]);
    }
  });

  it.each([{}, { requestProblemInformation: true }])('1 or absent: DISCONNECT says why, %j', async (properties) => {
    const { client } = await answered(new ShardHarness(), properties);
    client.sendHex('00 00');
    expect((await client.next('disconnect')).properties?.reasonString).toBe('packet type is reserved');
  });

  it.each([
    [false, undefined],
    [true, 'string'],
  ])('%s: CONNACK that refuses', async (requestProblemInformation, expected) => {
    const { client } = new ShardHarness().open(5);
    const will = { topic: 'w/#', payload: Buffer.from('x'), qos: 0, retain: false } as const;
    const connack = await client.connect({ clientId: 'a', will, properties: { requestProblemInformation } });
    const reasonString = connack.properties?.reasonString;
    expect([connack.reasonCode, reasonString && typeof reasonString]).toEqual([0x90, expected]);
  });
});
