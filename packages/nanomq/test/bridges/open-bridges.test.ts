import { loadConfig } from '@nanomq-ts/config';
import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { OpenBridges } from '../../src/bridges/open-bridges.ts';
import { createBroker } from '../../src/index.ts';

it('there are none after a close that came while they were loaded', async () => {
  const text = 'bridges.mqtt.up { server = "mqtt-tcp://127.0.0.1:9", proto_ver = 4 }';
  const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text });
  const { shard, clock } = new ShardHarness({}, ONE_SHARD);
  const bridges = new OpenBridges({ shard, clock, logger: shard.logger, cwd: '/', brokerId: 'here' });
  const watching = bridges.watch(config);
  bridges.close();
  await watching;
  bridges.open(config);
  expect(bridges.find('up')).toBeUndefined();
});

it('a transparent bridge repeats what was subscribed to before it began to connect', async () => {
  const there = await createBroker({ config: 'listeners.tcp.bind = "127.0.0.1:0"' });
  onTestFinished(() => there.close());
  const [listener] = await there.listen();
  const subscribed: string[] = [];
  there.on('subscribed', ({ topicFilter }) => subscribed.push(topicFilter));
  const { config } = loadConfig({
    env: {},
    flags: {},
    cwd: '/',
    text: `bridges.mqtt.up { server = "mqtt-tcp://127.0.0.1:${listener?.port}", proto_ver = 4, transparent = true }`,
  });

  // Bridges are of one shard: with several, that of the main thread.
  const here = new ShardHarness({}, ONE_SHARD);
  const { shard, clock } = here;
  const bridges = new OpenBridges({ shard, clock, logger: shard.logger, cwd: '/', brokerId: 'here' });
  onTestFinished(() => bridges.close());
  await bridges.watch(config);
  await (await here.client(5)).subscribe('early/bird', 1);
  bridges.open(config);
  while (subscribed.length === 0) {
    clock.advance(250);
    await new Promise(setImmediate);
  }
  expect(subscribed).toEqual(['early/bird']);
});
