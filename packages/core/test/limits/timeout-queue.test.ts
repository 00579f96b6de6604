import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';

it('connections that run out of time together end a few in each turn, until all have', async () => {
  const harness = new ShardHarness({}, ONE_SHARD);
  const { guard, counters } = harness.shard;
  const transports = Array.from({ length: 100 }, () => harness.open(4).transport);
  harness.clock.advance(10_000);
  const open = () => transports.filter(({ state }) => state === 'open').length;
  expect([open() < 100, open() > 0, guard.timeouts.size === open()]).toEqual([true, true, true]);
  for (let turns = 0; open() > 0; turns++) {
    const before = open();
    harness.clock.runTurn();
    expect([before - open() <= 16, turns < 10]).toEqual([true, true]);
  }
  expect([guard.timeouts.size, counters.denied[0], counters.connectionsRefused]).toEqual([0, 100, 100]);
  await Promise.all(transports.map(({ whenClosed }) => whenClosed));
  expect(harness.shard.connectionCount).toBe(0);
});

it('who was heard of while it waited for its end is spared', async () => {
  const harness = new ShardHarness({}, ONE_SHARD);
  const opened = Array.from({ length: 100 }, () => harness.open(4));
  for (const [i, { client }] of opened.entries()) await client.connect({ clientId: `c${i}`, keepAliveSeconds: 10 });
  harness.clock.advance(15_000);
  const last = opened.find(({ transport }) => transport.state === 'open');
  expect(harness.shard.guard.timeouts.size).toBeGreaterThan(0);
  last?.client.send({ cmd: 'pingreq' });
  for (let i = 0; i < 8; i++) harness.clock.runTurn();
  expect(opened.filter(({ transport }) => transport.state === 'open')).toEqual([last]);
  expect([harness.shard.guard.timeouts.size, harness.shard.counters.keepAliveTimeouts]).toEqual([0, 99]);
  harness.clock.advance(16_000);
  expect(last?.transport.state).not.toBe('open');
});
