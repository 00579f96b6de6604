import { DropReason } from '@nanomq-ts/core';
import { type RawConnectOptions, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

type Version = 3 | 4 | 5;

/** CONNECT of `a` for a session that outlives its connection, in any version. */
function kept(version: Version, options: RawConnectOptions = {}): RawConnectOptions {
  const properties = { sessionExpiryInterval: 3600 };
  return { clientId: 'a', clean: false, ...(version === 5 && { properties }), ...options };
}

/** Connects; 3.1 has no Session Present flag, so the registry is asked before. */
async function reconnect(harness: ShardHarness, version: Version, options = kept(version)) {
  const existed = harness.shard.sessions.find(options.clientId ?? '') !== undefined;
  const { client, transport } = harness.open(version);
  const connack = await client.connect(options);
  return { client, transport, connack, existed };
}

describe.each(VERSIONS)('session state, MQTT %s', (_, version) => {
  const says = (present: boolean) => present && version !== 3;

  it('[MQTT-3.1.2-6] [MQTT-3.2.2-3] [v3.1.1 MQTT-3.2.2-3] begins new where none is stored, Session Present 0', async () => {
    const harness = new ShardHarness();
    const { client, connack } = await reconnect(harness, version);
    expect([connack.reasonCode ?? connack.returnCode, connack.sessionPresent]).toEqual([0, false]);
    await client.expectNothing();
    const session = harness.shard.sessions.find('a');
    expect([session?.subscriptions, session?.queue, session?.window, session?.inboundIds]).toEqual(Array(4).fill(null));
  });

  it('[MQTT-3.1.2-5] [MQTT-3.2.2-3] [v3.1.1 MQTT-3.1.2-4] [v3.1.1 MQTT-3.2.2-2] is resumed: subscriptions live on', async () => {
    const harness = new ShardHarness();
    const { client } = await reconnect(harness, version);
    await client.subscribe('t/+', 1);
    client.destroy();
    const { client: again, connack } = await reconnect(harness, version);
    expect(connack.sessionPresent).toBe(says(true));
    again.publish('t/x', 'after');
    expect((await again.next('publish')).payload.toString()).toBe('after');
    expect(harness.shard.sessions.size).toBe(1);
  });

  it('[MQTT-3.1.2-23] [v3.1.1 MQTT-3.1.2-5] QoS 1 and 2 that come while the client is away are kept for it', async () => {
    const harness = new ShardHarness();
    const { client } = await reconnect(harness, version);
    await client.subscribe('t', 2);
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    const publisher = await harness.client(version);
    for (const qos of [1, 0, 2, 1] as const) publisher.publish('t', `QoS ${qos}`, { qos });
    await publisher.ping();
    harness.clock.advance(3_000_000);
    const { client: again } = await reconnect(harness, version);
    const payloads = [await again.next('publish'), await again.next('publish'), await again.next('publish')];
    expect(payloads.map(({ payload, qos, dup }) => [payload.toString(), qos, dup])).toEqual([
      ['QoS 1', 1, false],
      ['QoS 2', 2, false],
      ['QoS 1', 1, false],
    ]);
    await again.ping();
    expect(again.received.filter(({ cmd }) => cmd === 'publish')).toHaveLength(3);
  });

  it('[MQTT-3.1.2-5] [v3.1.1 MQTT-2.3.1-4] what was not acknowledged comes again with its packet identifier', async () => {
    const harness = new ShardHarness();
    const { client } = await reconnect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('t', 2);
    const publisher = await harness.client(version);
    publisher.publish('t', 'one', { qos: 1 });
    publisher.publish('t', 'two', { qos: 2 });
    publisher.publish('t', 'released', { qos: 2 });
    await publisher.ping();
    const [one, two, released] = [await client.next('publish'), await client.next('publish'), await client.next()];
    client.send({ cmd: 'pubrec', messageId: released.messageId as number });
    await client.next('pubrel');
    client.destroy();
    const { client: again } = await reconnect(harness, version);
    publisher.publish('t', 'new', { qos: 1 });
    await publisher.ping();
    const packets = [await again.next('publish'), await again.next('publish'), await again.next('publish')];
    expect(packets.map(({ payload, dup }) => [payload.toString(), dup])).toEqual([
      ['one', true],
      ['two', true],
      ['new', false],
    ]);
    expect(packets.slice(0, 2).map(({ messageId }) => messageId)).toEqual([one.messageId, two.messageId]);
    expect(again.received).toContainEqual(
      expect.objectContaining({ cmd: 'pubrel', messageId: released.messageId as number }),
    );
    const inUse = [one, two, released].map(({ messageId }) => messageId);
    expect(inUse).not.toContain(packets[2]?.messageId);
    expect(packets[2]?.messageId).toBeGreaterThan(0);
  });

  it('[MQTT-3.1.2-5] a QoS 2 message from the client is still known after it came back', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(version);
    await witness.subscribe('t', 0);
    const { client } = await reconnect(harness, version);
    client.autoAcknowledge = false;
    client.publish('t', 'once', { qos: 2, messageId: 7 });
    await client.next('pubrec');
    client.destroy();
    const { client: again } = await reconnect(harness, version);
    again.publish('t', 'once', { qos: 2, messageId: 7, dup: true });
    await again.next('pubcomp');
    await witness.next('publish');
    await witness.expectNothing();
  });

  it('[MQTT-3.1.2-4] [MQTT-3.1.4-4] [MQTT-3.2.2-2] [v3.1.1 MQTT-3.1.2-6] [v3.1.1 MQTT-3.1.4-3] clean drops it all', async () => {
    const harness = new ShardHarness();
    const { client } = await reconnect(harness, version);
    client.autoAcknowledge = false;
    await client.subscribe('t', 1);
    const publisher = await harness.client(version);
    publisher.publish('t', 'in flight', { qos: 1 });
    await publisher.ping();
    client.destroy();
    publisher.publish('t', 'queued', { qos: 1 });
    await publisher.ping();
    const { client: clean, connack } = await reconnect(harness, version, kept(version, { clean: true }));
    expect(connack.sessionPresent).toBe(false);
    publisher.publish('t', 'nobody subscribes', { qos: 1 });
    await publisher.ping();
    await clean.expectNothing();
    expect(harness.shard.counters.dropped[DropReason.SessionEnded]).toBe(2);
    expect(harness.shard.sessions.find('a')?.subscriptions).toBeNull();
  });

  it('[MQTT-4.1.0-2] [v3.1.1 MQTT-3.1.2-6] one that is not kept ends with its connection', async () => {
    const harness = new ShardHarness();
    const { client } = await reconnect(harness, version, { clientId: 'a', clean: true });
    await client.subscribe('t', 1);
    client.destroy();
    expect([harness.shard.sessions.size, harness.shard.index.hasMatch('t')]).toEqual([0, false]);
    const { connack, existed } = await reconnect(harness, version);
    expect([connack.sessionPresent, existed]).toEqual([false, false]);
  });

  it('[MQTT-4.1.0-1] stays as long as the connection is open, however short it was to be kept', async () => {
    const harness = new ShardHarness();
    const properties = { sessionExpiryInterval: 1 };
    const options = { clientId: 'a', clean: true, ...(version === 5 && { properties }) };
    const { client } = await reconnect(harness, version, options);
    await client.subscribe('t', 1);
    harness.clock.advance(10_000_000);
    const publisher = await harness.client(version);
    publisher.publish('t', 'still there', { qos: 1 });
    expect((await client.next('publish')).payload.toString()).toBe('still there');
  });

  it('[MQTT-3.1.3-2] belongs to the client identifier and to nothing else', async () => {
    const harness = new ShardHarness();
    const named = (clientId: string) => kept(version, { clientId, username: 'same' });
    const { client: a } = await reconnect(harness, version, named('a'));
    await a.subscribe('t/a', 1);
    const { client: upper, connack: upperConnack } = await reconnect(harness, version, named('A'));
    await upper.subscribe('t/A', 1);
    expect(upperConnack.sessionPresent).toBe(false);
    a.destroy();
    upper.destroy();
    const publisher = await harness.client(version);
    for (const name of ['a', 'A']) publisher.publish(`t/${name}`, name, { qos: 1 });
    await publisher.ping();
    for (const name of ['a', 'A']) {
      const { client } = await reconnect(harness, version, kept(version, { clientId: name, username: 'other' }));
      expect((await client.next('publish')).payload.toString()).toBe(name);
      await client.expectNothing();
    }
  });

  it('[v3.1.1 MQTT-3.1.2-7] retained messages are none of it and outlive it', async () => {
    const harness = new ShardHarness();
    const { client } = await reconnect(harness, version, { clientId: 'a', clean: true });
    client.publish('kept', 'x', { qos: 1, retain: true });
    await client.next('puback');
    client.destroy();
    const { client: clean } = await reconnect(harness, version, { clientId: 'a', clean: true });
    await clean.subscribe('kept');
    expect((await clean.next('publish')).retain).toBe(true);
  });
});

describe('a session across versions', () => {
  it.each([
    ['3.1.1 to 5.0', 4, 5],
    ['5.0 to 3.1.1', 5, 4],
    ['3.1 to 5.0', 3, 5],
  ] as const)('%s: subscriptions and messages go with the client [MQTT-3.1.2-5]', async (_, before, after) => {
    const harness = new ShardHarness();
    const { client } = await reconnect(harness, before);
    client.autoAcknowledge = false;
    await client.subscribe('t', 1);
    const publisher = await harness.client(5);
    publisher.publish('t', 'in flight', { qos: 1 });
    await publisher.ping();
    await client.next('publish');
    client.destroy();
    publisher.publish('t', 'queued', { qos: 1 });
    await publisher.ping();
    const { client: again, connack } = await reconnect(harness, after);
    expect(connack.sessionPresent).toBe(true);
    for (const qos of [1, 0] as const) publisher.publish('t', `live ${qos}`, { qos });
    await publisher.ping();
    await again.ping();
    const packets = again.received.filter((packet) => packet.cmd === 'publish');
    expect(packets.map(({ payload, dup }) => [payload.toString(), dup])).toEqual([
      ['in flight', true],
      ['queued', false],
      ['live 1', false],
      ['live 0', false],
    ]);
  });
});
