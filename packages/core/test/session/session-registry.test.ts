import { DropReason } from '@nanomq-ts/core';
import { DelayedStore, type RawConnectOptions, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** CONNECT of `a` with a session that is kept for an hour, or for ever before 5.0. */
function kept(version: 3 | 4 | 5, options: RawConnectOptions = {}): RawConnectOptions {
  const properties = { sessionExpiryInterval: 3600 };
  return { clientId: 'a', clean: false, ...(version === 5 && { properties }), ...options };
}

describe.each(VERSIONS)('takeover, MQTT %s', (_, version) => {
  it('[MQTT-3.1.4-3] [v3.1.1 MQTT-3.1.4-2] the old connection is told 0x8E, or nothing before 5.0, and closed', async () => {
    const harness = new ShardHarness();
    const { client: old } = harness.open(version);
    await old.connect(kept(version));
    await old.subscribe('t', 1);
    const { client } = harness.open(version);
    const connack = await client.connect(kept(version));
    await old.expectClosed();
    const last = old.received.slice(2).map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode]);
    expect(last).toEqual(version === 5 ? [['disconnect', 0x8e]] : []);
    expect(connack.sessionPresent).toBe(version !== 3);
    client.publish('t', 'x');
    expect((await client.next('publish')).payload.toString()).toBe('x');
    const { sessions, counters } = harness.shard;
    expect([sessions.size, sessions.onlineCount, counters.takeovers, harness.shard.connectionCount]).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('[MQTT-3.1.4-3] what the old connection sends afterwards is not read', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(version);
    await witness.subscribe('t');
    const { client: old } = harness.open(version);
    await old.connect(kept(version));
    const { client } = harness.open(version);
    await client.connect(kept(version));
    old.publish('t', 'too late');
    await witness.expectNothing();
    await client.expectNothing();
  });

  it('[MQTT-3.1.2-4] with clean start the old session ends too', async () => {
    const harness = new ShardHarness();
    const { client: old } = harness.open(version);
    await old.connect(kept(version));
    await old.subscribe('t', 1);
    const { client } = harness.open(version);
    const connack = await client.connect(kept(version, { clean: true }));
    await old.expectClosed();
    expect([connack.sessionPresent, harness.shard.index.hasMatch('t')]).toEqual([false, false]);
    expect(harness.shard.sessions.onlineCount).toBe(1);
  });

  it('of a session that ends with its connection finds none', async () => {
    const harness = new ShardHarness();
    const { client: old } = harness.open(version);
    await old.connect({ clientId: 'a', clean: true });
    await old.subscribe('t', 1);
    const { client } = harness.open(version);
    const connack = await client.connect(kept(version));
    await old.expectClosed();
    expect([connack.sessionPresent, harness.shard.index.hasMatch('t')]).toEqual([false, false]);
  });

  it('what the old connection did not acknowledge, the new one gets', async () => {
    const harness = new ShardHarness();
    const { client: old } = harness.open(version);
    old.autoAcknowledge = false;
    await old.connect(kept(version));
    await old.subscribe('t', 1);
    old.publish('t', 'x', { qos: 1 });
    const before = await old.next('publish');
    const { client } = harness.open(version);
    await client.connect(kept(version));
    const again = await client.next('publish');
    expect([again.messageId, again.dup, again.payload.toString()]).toEqual([before.messageId, true, 'x']);
  });

  it('a hundred times leaves one session, one connection and no timer of the others', async () => {
    const harness = new ShardHarness();
    for (let i = 0; i < 100; i++) {
      const { client } = harness.open(version);
      await client.connect(kept(version, { keepAliveSeconds: 60 }));
    }
    await harness.settled();
    const { sessions, connectionCount, counters, wheel } = harness.shard;
    expect([sessions.size, sessions.onlineCount, connectionCount, counters.takeovers, wheel.size]).toEqual([
      1, 1, 1, 99, 1,
    ]);
  });
});

describe('session expiry interval', () => {
  it('[MQTT-3.1.2-23] [MQTT-4.1.0-2] the state is there until it has passed, and gone after it', async () => {
    const harness = new ShardHarness();
    const properties = { sessionExpiryInterval: 100 };
    for (const [awayMs, isPresent] of [
      [99_000, true],
      [99_000, true],
      [100_500, false],
    ] as const) {
      const { client } = harness.open(5);
      await client.connect({ clientId: 'a', clean: false, properties });
      await client.subscribe('t', 1);
      client.destroy();
      harness.clock.advance(awayMs);
      expect([harness.shard.sessions.size, harness.shard.index.hasMatch('t')]).toEqual([isPresent ? 1 : 0, isPresent]);
    }
    const { client } = harness.open(5);
    expect((await client.connect({ clientId: 'a', clean: false, properties })).sessionPresent).toBe(false);
    expect(harness.shard.counters.sessionsExpired).toBe(1);
  });

  it('what waited in it is dropped and counted', async () => {
    const harness = new ShardHarness();
    const { client } = harness.open(5);
    await client.connect({ clientId: 'a', properties: { sessionExpiryInterval: 10 } });
    await client.subscribe('t', 1);
    client.destroy();
    const publisher = await harness.client(5);
    for (const payload of ['1', '2', '3']) publisher.publish('t', payload, { qos: 1 });
    await publisher.ping();
    harness.clock.advance(11_000);
    expect([harness.shard.counters.dropped[DropReason.SessionEnded], harness.shard.sessions.size]).toEqual([3, 1]);
  });

  it('[MQTT-3.1.2-23] 0xFFFFFFFF never passes, nor does the session of MQTT 3.1.1', async () => {
    const harness = new ShardHarness();
    const { client: five } = harness.open(5);
    await five.connect({ clientId: '5', properties: { sessionExpiryInterval: 0xffffffff } });
    const { client: four } = harness.open(4);
    await four.connect({ clientId: '4', clean: false });
    five.destroy();
    four.destroy();
    expect(harness.shard.wheel.size).toBe(0);
    harness.clock.advance(30_000_000);
    expect(harness.shard.sessions.size).toBe(2);
  });

  it('[MQTT-4.1.0-1] of a session that clean start has ended does not end the next one', async () => {
    const harness = new ShardHarness();
    const { client: old } = harness.open(5);
    await old.connect({ clientId: 'a', properties: { sessionExpiryInterval: 10 } });
    old.destroy();
    const client = await harness.client(5, { clientId: 'a', clean: true });
    harness.clock.advance(20_000);
    expect(harness.shard.sessions.find('a')?.connection).not.toBeNull();
    expect([harness.shard.counters.sessionsExpired, harness.shard.wheel.size]).toEqual([0, 0]);
    await client.expectNothing();
  });

  it('is that of the latest CONNECT', async () => {
    const harness = new ShardHarness();
    for (const sessionExpiryInterval of [3600, 10]) {
      const { client } = harness.open(5);
      await client.connect({ clientId: 'a', clean: false, properties: { sessionExpiryInterval } });
      client.destroy();
    }
    harness.clock.advance(11_000);
    expect(harness.shard.sessions.size).toBe(0);
  });

  it('of MQTT 3.1.1 is bounded by the server too', async () => {
    const harness = new ShardHarness({ maxSessionExpirySeconds: 60 });
    const { client } = harness.open(4);
    await client.connect({ clientId: 'a', clean: false });
    client.destroy();
    harness.clock.advance(59_000);
    expect(harness.shard.sessions.size).toBe(1);
    harness.clock.advance(2000);
    expect(harness.shard.sessions.size).toBe(0);
  });
});

describe('what the store is told of sessions', () => {
  /** What it was told of `a`, of its session alone. */
  const told = (store: DelayedStore) =>
    store.changes.filter(([method, clientId]) => /^session/.test(method) && clientId === 'a').map(([m, , e]) => [m, e]);

  it('one that outlives its connection is saved with its expiry, and removed when that has passed', async () => {
    const store = new DelayedStore();
    const harness = new ShardHarness({}, { store });
    const { client } = harness.open(5);
    await client.connect({ clientId: 'a', properties: { sessionExpiryInterval: 10 } });
    expect(told(store)).toEqual([['sessionSaved', 10]]);
    client.destroy();
    harness.clock.advance(11_000);
    expect(told(store)).toEqual([
      ['sessionSaved', 10],
      ['sessionRemoved', undefined],
    ]);
  });

  it('DISCONNECT with another expiry saves it', async () => {
    const store = new DelayedStore();
    const harness = new ShardHarness({}, { store });
    const { client } = harness.open(5);
    await client.connect({ clientId: 'a', properties: { sessionExpiryInterval: 10 } });
    client.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 99 } });
    await client.expectClosed();
    expect(told(store).at(-1)).toEqual(['sessionSaved', 99]);
  });

  it('one that ends with its connection is never saved', async () => {
    const store = new DelayedStore();
    const harness = new ShardHarness({}, { store });
    const { client } = harness.open(4);
    await client.connect({ clientId: 'a' });
    client.destroy();
    expect(told(store).filter(([method]) => method === 'sessionSaved')).toEqual([]);
  });
});

describe('ending a session from the server', () => {
  it('tells its client 0x98, sends the will and drops the state', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(5);
    await witness.subscribe('w');
    const { client } = harness.open(5);
    const will = { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false } as const;
    await client.connect({ ...kept(5), will });
    const session = harness.shard.sessions.find('a');
    expect(session).toBeDefined();
    if (session !== undefined) harness.shard.sessions.end(session);
    expect((await client.next('disconnect')).reasonCode).toBe(0x98);
    await client.expectClosed();
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
    expect(harness.shard.sessions.find('a')).toBeUndefined();
  });
});
