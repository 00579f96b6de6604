import { MemoryStore } from '@nanomq-ts/core';
import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it, vi } from 'vitest';
import { closeConnection, endConnection } from '../../src/connection/lifecycle.ts';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** A shard whose store fails when a session subscribes, as no store may. */
function failing(): ShardHarness {
  class FailingStore extends MemoryStore {
    override subscriptionSaved(): void {
      throw new Error('the disk is gone');
    }
  }
  return new ShardHarness({}, { store: new FailingStore() });
}

/** The connection of the client `a`. */
function connectionOf(harness: ShardHarness) {
  const connection = harness.shard.sessions.find('a')?.connection;
  if (connection == null) throw new Error('a is not connected');
  return connection;
}

describe.each(VERSIONS)('the end of a connection, MQTT %s', (_, version) => {
  const kept = {
    clientId: 'a',
    clean: false,
    ...(version === 5 && { properties: { sessionExpiryInterval: 60 } }),
  };

  it('[MQTT-3.14.4-1] [MQTT-3.14.4-2] after its last packet the server sends nothing more and closes', async () => {
    const harness = new ShardHarness();
    const publisher = await harness.client(version);
    const { client, transport } = harness.open(version);
    await client.connect(kept);
    await client.subscribe('t', 1);
    const write = vi.spyOn(transport, 'write');
    const end = vi.spyOn(transport, 'end');
    client.publish('t', 'before', { qos: 1 });
    client.sendHex('00 00 c0 00');
    publisher.publish('t', 'after', { qos: 1 });
    await client.expectClosed();
    harness.clock.advance(1000);
    expect(client.received.slice(2).map(({ cmd }) => cmd)).toEqual([
      'publish',
      'puback',
      ...(version === 5 ? ['disconnect'] : []),
    ]);
    expect(end.mock.invocationCallOrder).toHaveLength(1);
    expect(Math.max(...write.mock.invocationCallOrder)).toBeLessThan(end.mock.invocationCallOrder[0] as number);
  });

  it('[v3.1.1 MQTT-4.8.0-2] an error of ours while a packet is handled ends this connection and no other', async () => {
    const harness = failing();
    const other = await harness.client(version);
    await other.subscribe('w');
    const { client } = harness.open(version);
    await client.connect({ ...kept, will: { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false } });
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 0 }] });
    await client.expectClosed();
    const sent = client.received.slice(1).map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode]);
    expect(sent).toEqual(version === 5 ? [['disconnect', 0x83]] : []);
    expect((await other.next('publish')).payload.toString()).toBe('bye');
    await other.expectNothing();
    expect(harness.logged.map(({ level, text }) => [level, text])).toEqual([
      ['error', 'a handler failed; the connection is closed'],
    ]);
    expect([harness.shard.counters.connectionsFailed, harness.shard.connectionCount]).toEqual([1, 1]);
  });

  it('a violation is logged with its code and who it was, as no error of ours', async () => {
    const harness = new ShardHarness();
    const { client } = harness.open(version);
    await client.connect(kept);
    client.sendHex('00 00');
    await client.expectClosed();
    expect(harness.logged).toEqual([
      {
        level: 'info',
        fields: { clientId: 'a', remoteAddress: '127.0.0.1', code: 'PACKET_TYPE_RESERVED', err: undefined },
        text: 'packet type is reserved',
      },
    ]);
  });

  it('happens once, whoever comes second', async () => {
    const harness = new ShardHarness();
    const reasons: number[] = [];
    harness.shard.events.add({ disconnected: (_, reasonCode) => void reasons.push(reasonCode) });
    const { client, transport } = harness.open(version);
    await client.connect(kept);
    const connection = connectionOf(harness);
    endConnection(connection, 0x98);
    const write = vi.spyOn(transport, 'write');
    const end = vi.spyOn(transport, 'end');
    endConnection(connection, 0x8e);
    closeConnection(connection, 0, false);
    transport.resetByPeer();
    await client.expectClosed();
    harness.clock.advance(100_000);
    expect([reasons, harness.shard.connectionCount, harness.shard.sessions.onlineCount]).toEqual([[0x98], 0, 0]);
    expect([write, end].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });

  it.each([
    ['after DISCONNECT is 0', 0, true],
    ['after a broken connection is 0x8B', 0x8b, false],
  ])('the reason code of the offline event %s', async (_, reasonCode, isGraceful) => {
    const harness = new ShardHarness();
    const reasons: number[] = [];
    harness.shard.events.add({ disconnected: (_, code) => void reasons.push(code) });
    const { client } = harness.open(version);
    await client.connect(kept);
    if (isGraceful) client.send({ cmd: 'disconnect' });
    else client.destroy();
    await client.expectClosed();
    expect(reasons).toEqual([reasonCode]);
  });

  it('the broker shuts down: 5.0 is told 0x8B, all are closed, and no timer of a connection is left', async () => {
    const harness = new ShardHarness();
    const { client } = harness.open(version);
    await client.connect({ ...kept, keepAliveSeconds: 60 });
    const { client: silent, transport } = harness.open(version);
    harness.shard.close();
    const gone = harness.shard.whenConnectionsGone();
    await client.expectClosed();
    await silent.expectClosed();
    await gone;
    const sent = client.received.slice(1).map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode]);
    expect(sent).toEqual(version === 5 ? [['disconnect', 0x8b]] : []);
    expect([transport.sent.length, harness.clock.runningIntervals]).toEqual([0, 0]);
  });
});

describe('a client that does not say CONNECT', () => {
  it.each([
    ['nothing at all', ''],
    ['half of it', '10 0d 00 04 4d 51'],
  ])('%s: closed without a word when its time is over', async (_, hex) => {
    const harness = new ShardHarness({ connectTimeoutMs: 10_000 });
    const { client, transport } = harness.open(4);
    client.sendHex(hex);
    harness.clock.advance(9500);
    expect(transport.state).toBe('open');
    harness.clock.advance(1000);
    await client.expectClosed();
    expect([transport.sent.length, harness.shard.connectionCount, harness.shard.wheel.size]).toEqual([0, 0, 0]);
    expect(harness.shard.counters.connectionsRefused).toBe(1);
  });

  it('one byte a second does not buy time', async () => {
    const harness = new ShardHarness({ connectTimeoutMs: 10_000 });
    const { client, transport } = harness.open(4);
    for (const byte of Buffer.from('100d00044d5154540402003c0001', 'hex').subarray(0, 11)) {
      transport.send(Buffer.of(byte));
      harness.clock.advance(1000);
    }
    await client.expectClosed();
    expect(harness.shard.counters.connectionsAccepted).toBe(0);
  });
});
