import mqtt, { type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { CONNECTED, startBridged } from './bridged-broker.ts';
import { startBroker } from './started-broker.ts';

async function connected(url: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 5 });
  onTestFinished(() => client.endAsync());
  return client;
}

/** Payloads that come to the client, by topic. */
async function watch(client: MqttClient, topic: string): Promise<string[]> {
  const payloads: string[] = [];
  client.on('message', (_topic, payload) => payloads.push(payload.toString()));
  await client.subscribeAsync(topic, { qos: 2 });
  return payloads;
}

it('a broker of several shards has one bridge, for clients of every shard', { timeout: 60_000 }, async () => {
  const remote = await startBroker();
  onTestFinished(async () => void (await remote.stop()));
  const broker = await startBridged(
    [
      `server = "mqtt-tcp://127.0.0.1:${remote.port}", proto_ver = 5`,
      'forwards = [{ local_topic = "out/#", remote_topic = "", qos = 1 }]',
      'subscription = [{ remote_topic = "in/#", local_topic = "", qos = 2 }]',
    ],
    CONNECTED,
    ['system.num_taskq_thread = 2', 'mqtt.sys_interval = 1s'],
  );
  onTestFinished(async () => void (await broker.stop()));
  const there = await connected(remote.url);
  const out = await watch(there, 'out/#');
  const clients = await Promise.all([0, 1, 2, 3, 4, 5].map(() => connected(broker.url)));
  const came = await Promise.all(clients.map((client) => watch(client, 'in/#')));

  const expected: string[] = [];
  for (const [i, client] of clients.entries()) {
    for (const qos of [0, 1, 2] as const) {
      expected.push(`${i} ${qos}`);
      await client.publishAsync(`out/${i}`, `${i} ${qos}`, { qos });
    }
  }
  await expect.poll(() => out.toSorted(), { timeout: 10_000 }).toEqual(expected.toSorted());
  await there.publishAsync('in/all', 'hello', { qos: 2 });
  for (const payloads of came) await expect.poll(() => payloads, { timeout: 10_000 }).toEqual(['hello']);

  const states = await watch(await connected(broker.url), '$SYS/brokers/bridges/test/state');
  await expect.poll(() => states.at(-1), { timeout: 10_000 }).toBe('connected');
});
