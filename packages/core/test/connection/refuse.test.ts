import { MqttError } from '@nanomq-ts/codec';
import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { endConnection } from '../../src/connection/lifecycle.ts';
import { connackCodeOf, reasonCodeOf } from '../../src/connection/refuse.ts';

/** A shard whose Access port refuses with this code. */
function refusing(reasonCode: number): ShardHarness {
  const access = { authenticate: () => reasonCode, checksPublish: false, publish: () => 0, subscribe: () => 0 };
  return new ShardHarness({}, { ...ONE_SHARD, access });
}

/** The connection of the client `a`. */
function connectionOf(harness: ShardHarness) {
  const connection = harness.shard.sessions.find('a')?.connection;
  if (connection == null) throw new Error('a is not connected');
  return connection;
}

describe('a refused CONNECT', () => {
  it.each([
    [0x84, 1],
    [0x85, 2],
    [0x86, 4],
    [0x87, 5],
    [0x8a, 5],
    [0x8c, 5],
    [0x80, 3],
    [0x83, 3],
    [0x88, 3],
    [0x89, 3],
    [0x97, 3],
    [0x9f, 3],
  ])('with 0x%i gets return code %i in 3.x [MQTT-3.2.2-6] [MQTT-3.2.2-7]', async (reasonCode, returnCode) => {
    for (const version of [3, 4] as const) {
      const harness = refusing(reasonCode);
      const { client, transport } = harness.open(version);
      client.link.onBytes = null;
      client.sendConnect({ clientId: 'a' });
      harness.clock.runTurn();
      expect(transport.take().toString('hex')).toBe(`200200${returnCode.toString(16).padStart(2, '0')}`);
      await transport.whenClosed;
    }
  });

  it.each([
    ['a malformed CONNECT', '10 0d 00 04 4d 51 54 54 04 03 00 3c 00 01 61'],
    ['a will that is no topic name', '10 13 00 04 4d 51 54 54 04 06 00 3c 00 01 61 00 01 23 00 01 78'],
    ['a CONNECT that is too large', '10 ff ff ff 7f'],
  ])('%s is closed without CONNACK in 3.1.1: it has no return code [v3.1.1 MQTT-3.2.2-6]', async (_, hex) => {
    const harness = new ShardHarness();
    const { client, transport } = harness.open(4);
    client.link.onBytes = null;
    client.sendHex(hex);
    harness.clock.runTurn();
    await transport.whenClosed;
    expect(transport.sent).toHaveLength(0);
  });

  it.each([
    [0x81, 0x81],
    [0x87, 0x87],
    [0x8e, 0x80],
    [0x91, 0x80],
    [0x00, 0x80],
    [1e9, 0x80],
  ])('%i becomes %i, a Connect Reason Code [MQTT-3.2.2-8]', (reasonCode, told) => {
    expect(connackCodeOf(reasonCode)).toBe(told);
  });

  it('says why unless the client takes no packet that large [MQTT-3.2.2-19]', async () => {
    const shown: (string | undefined)[] = [];
    for (const maximumPacketSize of [100, 10]) {
      const { client } = refusing(0x87).open(5);
      const connack = await client.connect({ clientId: 'a', properties: { maximumPacketSize } });
      expect(connack.reasonCode).toBe(0x87);
      shown.push(connack.properties?.reasonString);
    }
    expect(shown).toEqual(['not authorized', undefined]);
  });

  it('is not answered where not even the shortest CONNACK fits [MQTT-3.1.2-24]', async () => {
    const { client, transport } = refusing(0x87).open(5);
    client.sendConnect({ clientId: 'a', properties: { maximumPacketSize: 4 } });
    await client.expectClosed();
    expect([client.received, transport.sent.length]).toEqual([[], 0]);
  });
});

describe('DISCONNECT from the server', () => {
  it('says why unless the client takes no packet that large [MQTT-3.14.2-3] [MQTT-3.14.2-2]', async () => {
    const shown: unknown[] = [];
    for (const maximumPacketSize of [200, 20]) {
      const { client } = new ShardHarness().open(5);
      await client.connect({ clientId: 'a', properties: { maximumPacketSize, sessionExpiryInterval: 0 } });
      client.sendHex('00 00');
      const { reasonCode, properties } = await client.next('disconnect');
      shown.push([reasonCode, properties]);
    }
    expect(shown).toEqual([
      [0x81, { reasonString: 'packet type is reserved' }],
      [0x81, undefined],
    ]);
  });

  it.each([
    [0x8b, 0x8b],
    [0x98, 0x98],
    [0x86, 0x80],
    [0x10, 0x80],
    [0x92, 0x80],
  ])('%i becomes %i, a Disconnect Reason Code of the server [MQTT-3.14.2-1]', async (reasonCode, told) => {
    const harness = new ShardHarness();
    const { client } = harness.open(5);
    await client.connect({ clientId: 'a' });
    endConnection(connectionOf(harness), reasonCode);
    expect((await client.next('disconnect')).reasonCode).toBe(told);
  });

  it.each([
    ['3.1', 3],
    ['3.1.1', 4],
  ] as const)('does not exist in MQTT %s: the connection is closed', async (_, version) => {
    const harness = new ShardHarness();
    const { client } = harness.open(version);
    await client.connect({ clientId: 'a' });
    endConnection(connectionOf(harness), 0x98, 'why');
    await client.expectClosed();
    expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack']);
  });
});

describe('the reason code of an error', () => {
  it.each([
    ['of the table', new MqttError('PACKET_TOO_LARGE'), 0x95],
    ['of the table with another code', new MqttError('MALFORMED_PACKET', { reasonCode: 0x82 }), 0x82],
    ['of our own making', new TypeError('broken'), 0x83],
    ['that is none', 'text', 0x83],
  ])('%s', (_, error, reasonCode) => {
    expect(reasonCodeOf(error)).toBe(reasonCode);
  });
});
