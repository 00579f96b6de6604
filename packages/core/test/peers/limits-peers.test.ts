import type { Ban, Peer } from '@nanomq-ts/core';
import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { FourShards } from './four-shards.ts';

/** A shard that takes whatever it is told. */
function peerWith(id: number): Peer {
  const facts: Partial<Record<string | symbol, unknown>> = { id, isFull: false };
  return new Proxy({}, { get: (_, name) => facts[name] ?? (() => {}) }) as Peer;
}

describe('limits of several shards', () => {
  it('connections count on all of them, and a takeover adds none', async () => {
    const broker = new FourShards({ maxConnections: 3 });
    for (const shardId of [0, 1, 2]) await broker.clientAt(shardId, `c-${shardId}`);
    broker.settle();
    const { client } = broker.openAt(3);
    expect((await client.connect({ clientId: 'too many' })).reasonCode).toBe(0x89);
    const { client: again } = broker.openAt(3);
    expect((await again.connect({ clientId: 'c-1' })).reasonCode).toBe(0);
  });

  it('connections from one address count on all of them, relayed ones once', async () => {
    const broker = new FourShards({ maxConnectionsPerAddress: 2 });
    const session = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } };
    const { client } = broker.openAt(0, 5, '192.0.2.1');
    await client.connect(session);
    client.destroy();
    const { client: relayed } = broker.openAt(1, 5, '192.0.2.1');
    await relayed.connect(session);
    const { client: second } = broker.openAt(2, 5, '192.0.2.1');
    await second.connect({ clientId: 'second' });
    const { transport: third } = broker.openAt(3, 5, '192.0.2.1');
    const { transport: other } = broker.openAt(3, 5, '192.0.2.2');
    await third.whenClosed;
    expect(other.state).toBe('open');
    relayed.destroy();
    broker.settle();
    expect(broker.openAt(3, 5, '192.0.2.1').transport.state).toBe('open');
  });

  it('a ban on one holds on all, at once and for who is connected, and is lifted on all', async () => {
    const broker = new FourShards();
    const banned = await broker.clientAt(2, 'bad');
    const ban = { by: 'client_id', value: 'bad', untilMs: Number.POSITIVE_INFINITY, reason: 'test' } as const;
    expect(broker.shards[0]?.guard.ban(ban)).toBe(true);
    expect((await banned.next('disconnect')).reasonCode).toBe(0x98);
    expect((await broker.openAt(3).client.connect({ clientId: 'bad' })).reasonCode).toBe(0x8a);
    expect(broker.shards[1]?.guard.unban('client_id', 'bad')).toBe(true);
    broker.settle();
    expect((await broker.openAt(3).client.connect({ clientId: 'bad' })).reasonCode).toBe(0);
  });

  it.each(['another shard', 'this one'])(
    'a ban lifted by %s does not come back with who introduces itself',
    (lifter) => {
      const { shard } = new ShardHarness({}, ONE_SHARD);
      const [hub, other] = [shard.peers.join(peerWith(1), () => false), shard.peers.join(peerWith(2), () => false)];
      const ban: Ban = { by: 'client_id', value: 'bad', untilMs: Number.POSITIVE_INFINITY, reason: 'test' };
      hub.banned(ban);
      hub.introduced();
      if (lifter === 'this one') shard.guard.unban('client_id', 'bad');
      else hub.unbanned('client_id', 'bad');
      other.banned(ban);
      other.introduced();
      expect(shard.guard.bans.list(0)).toEqual([]);
      other.banned(ban);
      expect(shard.guard.bans.list(0)).toEqual([ban]);
    },
  );

  it('a client that comes and goes on one shard after the other is flapping', async () => {
    const broker = new FourShards({ flappingDisconnects: 4, flappingWindowMs: 60_000, flappingBanMs: 60_000 });
    for (let i = 0; i < 4; i++) {
      (await broker.clientAt(i, 'restless')).destroy();
      await broker.settled();
    }
    expect((await broker.openAt(1).client.connect({ clientId: 'restless' })).reasonCode).toBe(0x8a);
    expect(broker.shard.counters.flappingBans).toBe(1);
  });
});
