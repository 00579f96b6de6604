import { type Ban, BanTable } from '@nanomq-ts/core';
import { MemoryTransport, ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const FOR_GOOD = Number.POSITIVE_INFINITY;

function ban(by: Ban['by'], value: string, untilMs = FOR_GOOD): Ban {
  return { by, value, untilMs, reason: 'test' };
}

describe('BanTable', () => {
  it('finds a ban by its kind and value until its time, and then forgets it', () => {
    const table = new BanTable();
    table.add(ban('client_id', 'a', 100), 0);
    table.add(ban('username', 'u'), 0);
    expect(table.find('client_id', 'a', 99)?.reason).toBe('test');
    expect([table.find('username', 'a', 99), table.find('client_id', 'u', 99)]).toEqual([null, null]);
    expect([table.find('client_id', 'a', 100), table.size]).toEqual([null, 1]);
    expect(table.list(100).map(({ value }) => value)).toEqual(['u']);
  });

  it('takes an address for its /64, and an IPv4 address also when it is mapped', () => {
    const table = new BanTable([ban('address', '2001:db8::1'), ban('address', '192.0.2.1')]);
    expect(table.find('address', '2001:db8:0:0:9::9', 0)).not.toBeNull();
    expect(table.find('address', '2001:db8:0:1::1', 0)).toBeNull();
    expect(table.find('address', '::ffff:192.0.2.1', 0)).not.toBeNull();
    expect(table.find('address', '192.0.2.2', 0)).toBeNull();
  });

  it('replaces, removes, and tells of each change', () => {
    const table = new BanTable();
    let changes = 0;
    table.onChanged(() => changes++);
    table.add(ban('client_id', 'a', 100), 0);
    table.add(ban('client_id', 'a', 200), 0);
    expect(table.find('client_id', 'a', 150)?.untilMs).toBe(200);
    expect([table.remove('client_id', 'a'), table.remove('client_id', 'a')]).toEqual([true, false]);
    expect([changes, table.size]).toEqual([3, 0]);
  });

  it('is bounded: what has ended goes first, then what would end, and what is for good stays', () => {
    const table = new BanTable([], 2);
    table.add(ban('client_id', 'ended', 10), 0);
    table.add(ban('client_id', 'good'), 0);
    expect(table.add(ban('client_id', 'later', 100), 20)).toBe(true);
    expect(table.add(ban('client_id', 'latest', 200), 20)).toBe(true);
    expect(table.list(20).map(({ value }) => value)).toEqual(['good', 'latest']);
    expect(table.add(ban('client_id', 'good too'), 20)).toBe(true);
    expect(table.add(ban('client_id', 'one too many'), 20)).toBe(false);
    expect(table.list(20).map(({ value }) => value)).toEqual(['good', 'good too']);
  });
});

describe('a ban at the door', () => {
  it.each([
    [4, 5],
    [5, 0x8a],
  ] as const)('refuses client identifier and user name, MQTT version %i', async (version, code) => {
    const bans = new BanTable([ban('client_id', 'a'), ban('username', 'u')]);
    const harness = new ShardHarness({}, { ...ONE_SHARD, bans });
    for (const options of [{ clientId: 'a' }, { clientId: 'b', username: 'u' }]) {
      const { client } = harness.open(version);
      const { returnCode, reasonCode } = await client.connect(options);
      expect(reasonCode ?? returnCode).toBe(code);
      await client.expectClosed();
    }
    expect(harness.shard.counters.denied[5]).toBe(2);
    await harness.client(version, { clientId: 'u', username: 'a' });
  });

  it('closes connections from an address at once', async () => {
    const harness = new ShardHarness({}, { ...ONE_SHARD, bans: new BanTable([ban('address', '192.0.2.1')]) });
    const transport = new MemoryTransport({ remoteAddress: '::ffff:192.0.2.1' });
    transport.attach(harness.shard.accept(transport));
    await transport.whenClosed;
    expect([harness.shard.counters.denied[5], harness.shard.connectionCount]).toEqual([1, 0]);
  });

  it('ends the connections that are there when the owner asks for it, and no others', async () => {
    const bans = new BanTable();
    const harness = new ShardHarness({}, { ...ONE_SHARD, bans });
    const a = await harness.client(5, { clientId: 'a' });
    const b = await harness.client(5, { clientId: 'b', username: 'u' });
    const c = await harness.client(5, { clientId: 'c', username: 'v' });
    bans.add(ban('client_id', 'a'), 0);
    bans.add(ban('username', 'u'), 0);
    expect(harness.shard.guard.endBanned()).toBe(2);
    for (const client of [a, b]) {
      expect((await client.next('disconnect')).reasonCode).toBe(0x98);
      await client.expectClosed();
    }
    await c.ping();
    bans.add(ban('address', '127.0.0.1'), 0);
    expect(harness.shard.guard.endBanned()).toBe(1);
    await c.expectClosed();
  });
});
