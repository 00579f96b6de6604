import { MemoryTransport } from '@nanomq-ts/testkit';
import { generate } from 'mqtt-packet';
import type { Shard } from '../../src/shard.ts';

/**
 * Lets a client of 3.1.1 enter, with as few promises as can be: for tests with thousands of them.
 * @param topicFilters  subscribed to with QoS 0
 */
export function enter(
  shard: Shard,
  clientId: string,
  topicFilters: readonly string[] = [],
  clean = true,
): MemoryTransport {
  const transport = new MemoryTransport();
  transport.attach(shard.accept(transport));
  transport.send(generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean, keepalive: 0 }));
  if (topicFilters.length > 0) {
    const subscriptions = topicFilters.map((topic) => ({ topic, qos: 0 as const }));
    transport.send(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
  }
  return transport;
}

/** The names of a crowd: `prefix-0`, `prefix-1`, ... */
export function namesOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
}
