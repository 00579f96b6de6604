import { describe, expect, it } from 'vitest';
import { Bridges } from '../src/bridges.ts';
import { BridgeHarness, PLAIN_BRIDGE } from './bridge-harness.ts';

const SYS_INTERVAL_MS = 1000;

describe('Bridges', () => {
  it('have statistics under $SYS for as long as they are on', async () => {
    const { local, openStream } = new BridgeHarness();
    const { shard, clock } = local;
    const seat = { shard, clock, logger: shard.logger, brokerId: 'here', openStream, random: () => 0 };
    const bridges = new Bridges(seat, SYS_INTERVAL_MS);
    const both = ['one', 'two'].map((name) => ({ enable: true, options: { ...PLAIN_BRIDGE, name } }));
    const stated = () =>
      ['one', 'two'].map((name) => shard.retained.get(`$SYS/brokers/bridges/${name}/state`) !== undefined);
    bridges.apply(both);
    clock.advance(SYS_INTERVAL_MS);
    expect(stated()).toEqual([true, true]);
    bridges.apply(both.map((bridge) => ({ ...bridge, enable: bridge.options.name === 'one' })));
    expect(stated()).toEqual([true, false]);
    clock.advance(SYS_INTERVAL_MS);
    expect(stated()).toEqual([true, false]);
    bridges.close();
  });
});
