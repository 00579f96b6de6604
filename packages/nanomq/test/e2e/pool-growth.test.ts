import { fileURLToPath } from 'node:url';
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, it } from 'vitest';
import { type AdministeredBroker, startAdministered } from './administered-broker.ts';
import { metricOf } from './pool-broker.ts';
import { batchShards, schedulingOf } from './scheduled-threads.ts';

const GROWING = fileURLToPath(new URL('growing-pool.mjs', import.meta.url));
/** So many that most of the time every shard gets some of them. */
const CROWD = 24;
/** So many of them go by a newcomer only if it takes none. */
const MOST_LATE = 20 * CROWD;
const PATIENCE_MS = 20_000;

async function crowdOf({ url }: AdministeredBroker, prefix: string): Promise<MqttClient[]> {
  const clients: MqttClient[] = [];
  for (let i = 0; i < CROWD; i++) {
    clients.push(await connectAsync(url, { clientId: `${prefix}-${i}`, protocolVersion: 5, reconnectPeriod: 0 }));
  }
  return clients;
}

/** Texts of what comes, as `topic payload`. */
function inboxOf(receiver: MqttClient): string[] {
  const inbox: string[] = [];
  receiver.on('message', (topic, payload) => inbox.push(`${topic} ${payload}`));
  return inbox;
}

it('a shard is added when all are busy; it knows subscriptions, retained messages and bans made before it', async () => {
  const broker = await startAdministered('system { num_taskq_thread = 2, max_taskq_thread = 3 }', [GROWING, 'start']);
  const early = await crowdOf(broker, 'early');
  const inboxes = early.map(inboxOf);
  await Promise.all(early.map((each) => each.subscribeAsync('told/#', { qos: 1 })));
  await early[0]?.publishAsync('kept', 'x', { qos: 1, retain: true });
  const ban = JSON.stringify({ kind: 'username', value: 'eve' });
  expect((await broker.call('POST', '/api/v4/bans', ban)).status).toBe(200);

  broker.process.kill('SIGUSR2');
  const shards = () => metricOf(broker, 'nanomq_shards');
  await expect.poll(shards, { timeout: PATIENCE_MS }).toEqual(new Map([['', 3]]));
  broker.process.kill('SIGALRM');
  if (process.platform === 'linux') await expect.poll(() => schedulingOf(broker)).toEqual(batchShards(3));

  const late = await crowdOf(broker, 'late');
  const newcomers = async () => (await metricOf(broker, 'nanomq_connections_by_shard')).get('{shard="3"}') ?? 0;
  while ((await newcomers()) === 0 && late.length < MOST_LATE) {
    late.push(...(await crowdOf(broker, `late-${late.length}`)));
  }
  expect(await newcomers()).toBeGreaterThan(0);
  const kept = late.map(inboxOf);
  await Promise.all(late.map((each) => each.subscribeAsync('kept', { qos: 1 })));
  for (const inbox of kept) await expect.poll(() => inbox).toEqual(['kept x']);
  for (const [i, each] of late.entries()) await each.publishAsync('told/all', String(i), { qos: 1 });
  for (const inbox of inboxes) await expect.poll(() => inbox).toHaveLength(late.length);
  for (let i = 0; i < CROWD; i++) {
    const eve = connectAsync(broker.url, { username: 'eve', protocolVersion: 5, reconnectPeriod: 0 });
    await expect(eve).rejects.toMatchObject({ code: 0x8a });
  }
  await Promise.all([...early, ...late].map((each) => each.endAsync(true)));
  expect(await broker.stop()).toEqual({ code: 0, signal: null });
});
