import { fileURLToPath } from 'node:url';
import { canReusePort } from '@nanomq-ts/listeners';
import { connectAsync, type MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { AdministeredBroker } from './administered-broker.ts';
import { metricOf, SHARDS, startPool } from './pool-broker.ts';
import { batchShards, schedulingOf } from './scheduled-threads.ts';
import { endingOf } from './started-broker.ts';

const FAULTY = fileURLToPath(new URL('faulty-pool.mjs', import.meta.url));
const CROWD = 16;

/** Each way in which shard 1 can fail: the signal that asks for it, and what the log says of the cause. */
const FAULTS = [
  ['an exception', 'SIGUSR2', 'on purpose'],
  ['a lack of memory', 'SIGALRM', 'memory limit'],
] as const;

async function crowdOf({ url }: AdministeredBroker): Promise<{ clients: MqttClient[]; gone: Set<MqttClient> }> {
  const gone = new Set<MqttClient>();
  const clients: MqttClient[] = [];
  for (let i = 0; i < CROWD; i++) {
    const client = await connectAsync(url, { clientId: `c${i}`, protocolVersion: 5, reconnectPeriod: 0 });
    client.on('close', () => gone.add(client));
    clients.push(client);
  }
  return { clients, gone };
}

/** Lines of the log about a shard that ended. */
function lossesIn(broker: AdministeredBroker): string[] {
  return broker
    .printed()
    .split('\n')
    .filter((line) => line.includes('has ended with its clients'));
}

describe.each(FAULTS)('a shard that ends by %s', (_, signal, cause) => {
  it.runIf(canReusePort())('is replaced: its clients are disconnected, the others go on', async () => {
    const broker = await startPool('', [FAULTY, 'start']);
    const { clients, gone } = await crowdOf(broker);
    const byShard = await metricOf(broker, 'nanomq_connections_by_shard');
    broker.process.kill(signal);
    await expect.poll(() => gone.size, { timeout: 20_000 }).toBe(byShard.get('{shard="1"}'));
    await expect.poll(() => metricOf(broker, 'nanomq_shards')).toEqual(new Map([['', SHARDS]]));
    if (process.platform === 'linux') await expect.poll(() => schedulingOf(broker)).toEqual(batchShards(SHARDS));
    expect(await metricOf(broker, 'nanomq_shards_lost_total')).toEqual(new Map([['', 1]]));
    expect(lossesIn(broker)).toEqual([expect.stringContaining(cause)]);
    const left = clients.filter((client) => !gone.has(client));
    for (const client of left) await client.publishAsync('still', 'there', { qos: 1 });
    const { clients: others } = await crowdOf(broker);
    await Promise.all([...left, ...others].map((client) => client.endAsync(true)));
    expect(await broker.stop()).toEqual({ code: 0, signal: null });
  });

  it.runIf(!canReusePort())(
    'ends the broker, for its supervisor to see: clients of the others are told 0x8B',
    async () => {
      const broker = await startPool('', [FAULTY, 'start']);
      const { clients, gone } = await crowdOf(broker);
      const reasons: unknown[] = [];
      for (const client of clients) client.once('disconnect', ({ reasonCode }) => reasons.push(reasonCode));
      const lost = (await metricOf(broker, 'nanomq_connections_by_shard')).get('{shard="1"}') ?? 0;
      broker.process.kill(signal);
      expect(await endingOf(broker.process)).toEqual({ code: 1, signal: null });
      expect(lossesIn(broker)).toEqual([expect.stringContaining(cause)]);
      await expect.poll(() => gone.size).toBe(CROWD);
      expect(reasons).toEqual(Array.from({ length: CROWD - lost }, () => 0x8b));
      await broker.stop();
    },
  );
});
