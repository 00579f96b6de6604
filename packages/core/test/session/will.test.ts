import { type RawConnectOptions, ShardHarness } from '@nanomq-ts/testkit';
import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

type Version = 3 | 4 | 5;
type Will = NonNullable<IConnectPacket['will']>;

function willOf(options: Partial<Will> = {}): Will {
  return { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false, ...options };
}

/** A client `a` with a will, and a witness of `w` who would see it. */
async function withWill(version: Version, will = willOf(), options: RawConnectOptions = {}) {
  const harness = new ShardHarness();
  const witness = await harness.client(version);
  await witness.subscribe('w', 2);
  const { client, transport } = harness.open(version);
  await client.connect({ clientId: 'a', will, ...options });
  return { harness, witness, client, transport };
}

/** CONNECT of `a` in MQTT 5.0 with a session of `seconds` and a will of `delaySeconds`. */
function delayed(delaySeconds: number, seconds: number): [Will, RawConnectOptions] {
  return [
    willOf({ properties: { willDelayInterval: delaySeconds } }),
    { clean: false, properties: { sessionExpiryInterval: seconds } },
  ];
}

describe.each(VERSIONS)('the will, MQTT %s', (_, version) => {
  it.each([
    ['the network connection breaks', ({ transport }) => transport.resetByPeer()],
    ['the client closes without DISCONNECT', ({ transport }) => transport.closeByPeer()],
    ['a protocol error ends the connection', ({ client }) => client.sendHex('00 00')],
    ['keep alive runs out', ({ harness }) => harness.clock.advance(100_000)],
    ['another connection takes over', ({ harness }) => harness.open(version).client.sendConnect({ clientId: 'a' })],
  ] satisfies [string, (of: Awaited<ReturnType<typeof withWill>>) => void][])(
    '[MQTT-3.1.2-7] [MQTT-3.1.2-8] is stored, and published when %s',
    async (_, end) => {
      const of = await withWill(version, willOf(), { keepAliveSeconds: 20 });
      expect(of.harness.shard.sessions.find('a')?.will?.topicName).toBe('w');
      await of.witness.expectNothing();
      end(of);
      const packet = await of.witness.next('publish');
      expect([packet.topic, packet.payload.toString(), packet.qos]).toEqual(['w', 'bye', 0]);
    },
  );

  it('[MQTT-3.1.2-10] once published it is gone, also where the session stays', async () => {
    const kept = { clean: false, ...(version === 5 && { properties: { sessionExpiryInterval: 60 } }) };
    const { harness, witness, client } = await withWill(version, willOf(), kept);
    client.destroy();
    await witness.next('publish');
    expect(harness.shard.sessions.find('a')?.will).toBeNull();
    const { client: again } = harness.open(version);
    await again.connect({ clientId: 'a', ...kept });
    again.destroy();
    harness.clock.advance(61_000);
    await witness.expectNothing();
  });

  it('[v3.1.1 MQTT-3.1.2-12] none is published where CONNECT had none', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(version);
    await witness.subscribe('#');
    const client = await harness.client(version);
    client.destroy();
    await witness.expectNothing();
  });

  it.each([0, 1, 2] as const)('[MQTT-3.1.2-14] Will Retain 0, QoS %i: published as not retained', async (qos) => {
    const { harness, witness, client } = await withWill(version, willOf({ qos }));
    client.destroy();
    const packet = await witness.next('publish');
    expect([packet.qos, packet.retain]).toEqual([qos, false]);
    const late = await harness.client(version);
    await late.subscribe('w', 2);
    await late.expectNothing();
  });

  it.each([0, 1, 2] as const)('[MQTT-3.1.2-15] Will Retain 1, QoS %i: kept for later subscribers', async (qos) => {
    const { harness, witness, client } = await withWill(version, willOf({ qos, retain: true }));
    client.destroy();
    expect((await witness.next('publish')).retain).toBe(false); // an established subscription
    const late = await harness.client(version);
    await late.subscribe('w', 2);
    const packet = await late.next('publish');
    expect([packet.qos, packet.retain, packet.payload.toString()]).toEqual([qos, true, 'bye']);
  });

  it('retained and empty deletes the retained message', async () => {
    const { harness, witness, client } = await withWill(version, willOf({ payload: Buffer.alloc(0), retain: true }));
    witness.publish('w', 'retained', { qos: 1, retain: true });
    await witness.next('publish');
    client.destroy();
    expect((await witness.next('publish')).payload).toHaveLength(0);
    const late = await harness.client(version);
    await late.subscribe('w');
    await late.expectNothing();
  });

  it('with QoS 1 waits in the session of whoever is away', async () => {
    const { harness, client } = await withWill(version, willOf({ qos: 1 }));
    const kept = { clientId: 'b', clean: false, ...(version === 5 && { properties: { sessionExpiryInterval: 60 } }) };
    const { client: away } = harness.open(version);
    await away.connect(kept);
    await away.subscribe('w', 1);
    away.destroy();
    client.destroy();
    const { client: back } = harness.open(version);
    await back.connect(kept);
    expect((await back.next('publish')).payload.toString()).toBe('bye');
  });

  it('of a taken-over session can reach the client that took it over', async () => {
    const harness = new ShardHarness();
    const kept = { clientId: 'a', clean: false, ...(version === 5 && { properties: { sessionExpiryInterval: 60 } }) };
    const { client: old } = harness.open(version);
    await old.connect({ ...kept, will: willOf({ qos: 1 }) });
    await old.subscribe('w', 1);
    const { client } = harness.open(version);
    await client.connect(kept);
    expect((await client.next('publish')).payload.toString()).toBe('bye');
  });
});

describe('will delay interval', () => {
  it('[MQTT-3.1.2-8] the will is published when it has passed, not before', async () => {
    const { harness, witness, client } = await withWill(5, ...delayed(30, 3600));
    client.destroy();
    harness.clock.advance(29_500);
    await witness.expectNothing();
    harness.clock.advance(1000);
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
    harness.clock.advance(4_000_000);
    await witness.expectNothing();
  });

  it('[MQTT-3.1.2-8] the end of the session comes first where that is sooner', async () => {
    const { harness, witness, client } = await withWill(5, ...delayed(3600, 10));
    client.destroy();
    harness.clock.advance(9500);
    await witness.expectNothing();
    harness.clock.advance(1000);
    await witness.next('publish');
    expect([harness.shard.sessions.find('a'), harness.shard.wheel.size]).toEqual([undefined, 0]);
    harness.clock.advance(4_000_000);
    await witness.expectNothing();
  });

  it('[MQTT-3.1.2-8] equal to the session expiry interval: published once', async () => {
    const { harness, witness, client } = await withWill(5, ...delayed(10, 10));
    client.destroy();
    harness.clock.advance(11_000);
    await witness.next('publish');
    await witness.expectNothing();
    expect(harness.shard.wheel.size).toBe(0);
  });

  it('[MQTT-3.1.2-8] does not hold back the will of a session that ends with its connection', async () => {
    const { witness, client } = await withWill(5, ...delayed(3600, 0));
    client.destroy();
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
  });

  it.each([
    ['without a will', {}],
    ['with another will', { will: willOf({ payload: Buffer.from('new') }) }],
  ])('[MQTT-3.1.3-9] a client that is back in time, %s, cancels it', async (_, options) => {
    const { harness, witness, client } = await withWill(5, ...delayed(30, 3600));
    client.destroy();
    harness.clock.advance(29_000);
    const { client: again } = harness.open(5);
    const [, kept] = delayed(30, 3600);
    const connack = await again.connect({ clientId: 'a', ...kept, ...options });
    expect(connack.sessionPresent).toBe(true);
    harness.clock.advance(100_000);
    await witness.expectNothing();
    again.destroy();
    harness.clock.advance(100_000);
    const sent = witness.takeNow('publish')?.payload.toString();
    expect(sent).toBe('will' in options ? 'new' : undefined);
  });

  it('[MQTT-3.1.3-9] a takeover in time cancels it too', async () => {
    const [will, kept] = delayed(30, 3600);
    const { harness, witness, client } = await withWill(5, will, kept);
    const { client: second } = harness.open(5);
    await second.connect({ clientId: 'a', ...kept });
    await client.expectClosed();
    harness.clock.advance(100_000);
    await witness.expectNothing();
    await second.expectNothing();
  });

  it('[MQTT-3.1.2-8] clean start ends the session, so the will goes out, waiting or not', async () => {
    const { harness, witness, client } = await withWill(5, ...delayed(30, 3600));
    client.destroy();
    const { client: clean } = harness.open(5);
    await clean.connect({ clientId: 'a', clean: true, will: willOf(), properties: { sessionExpiryInterval: 9 } });
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
    const { client: cleaner } = harness.open(5);
    await cleaner.connect({ clientId: 'a', clean: true });
    await clean.expectClosed();
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
    await witness.expectNothing();
  });

  it('runs from DISCONNECT 0x04 as well', async () => {
    const { harness, witness, client } = await withWill(5, ...delayed(30, 3600));
    client.send({ cmd: 'disconnect', reasonCode: 4 });
    await client.expectClosed();
    harness.clock.advance(29_500);
    await witness.expectNothing();
    harness.clock.advance(1000);
    await witness.next('publish');
  });
});

describe('will properties', () => {
  const properties = {
    willDelayInterval: 5,
    payloadFormatIndicator: true,
    messageExpiryInterval: 600,
    contentType: 'text/plain',
    responseTopic: 'answers/a',
    correlationData: Buffer.from([1, 2, 3]),
    userProperties: { b: ['1', '3'], a: '2' },
  };

  it('[MQTT-3.1.3-10] all but the delay go out with it, user properties in their order', async () => {
    const { harness, witness, client } = await withWill(5, willOf({ properties }), {
      properties: { sessionExpiryInterval: 60 },
    });
    client.destroy();
    harness.clock.advance(5500);
    const { willDelayInterval, ...passed } = properties;
    expect((await witness.next('publish')).properties).toEqual(passed);
    expect(willDelayInterval).toBe(5);
  });

  it('[MQTT-3.1.3-10] names that repeat keep the order in which they were sent', async () => {
    const harness = new ShardHarness();
    const { client: witness, transport } = harness.open(5);
    await witness.connect({ clientId: 'witness' });
    await witness.subscribe('w');
    const { client } = harness.open(5);
    const pairs = '26 00 01 62 00 01 31 26 00 01 61 00 01 32 26 00 01 62 00 01 33';
    client.sendHex(`10 2c 00 04 4d 51 54 54 05 06 00 00 00 00 01 78 15 ${pairs} 00 01 77 00 03 62 79 65`);
    await client.next('connack');
    transport.take();
    client.destroy();
    harness.settle();
    expect(transport.take().toString('hex')).toBe(`301c00017715${pairs.replaceAll(' ', '')}627965`);
  });

  it('the message expiry interval begins when it is published', async () => {
    const harness = new ShardHarness();
    const kept = { clientId: 'b', clean: false, properties: { sessionExpiryInterval: 3600 } };
    const { client: away } = harness.open(5);
    await away.connect(kept);
    await away.subscribe('w', 1);
    away.destroy();
    const { client } = harness.open(5);
    const will = willOf({ qos: 1, properties: { willDelayInterval: 500, messageExpiryInterval: 60 } });
    await client.connect({ clientId: 'a', will, properties: { sessionExpiryInterval: 3600 } });
    client.destroy();
    harness.clock.advance(500_250);
    harness.clock.advance(10_000);
    const { client: back } = harness.open(5);
    await back.connect(kept);
    const left = (await back.next('publish')).properties?.messageExpiryInterval;
    expect(left).toBeGreaterThanOrEqual(49);
    expect(left).toBeLessThanOrEqual(51);
  });

  it('a subscriber of MQTT 3.1.1 gets the will without them', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(4);
    await witness.subscribe('w', 1);
    const { client } = harness.open(5);
    const { willDelayInterval: _, ...passed } = properties;
    await client.connect({ clientId: 'a', will: willOf({ properties: passed }) });
    client.destroy();
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
  });
});
