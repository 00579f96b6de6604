import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

describe.each([
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const)('PUBLISH, MQTT %s', (_, version) => {
  it.each([0, 1, 2] as const)('QoS %i reaches a subscriber of QoS 2 once', async (qos) => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(version);
    const publisher = await harness.client(version);
    await subscriber.subscribe('a/+', 2);
    publisher.publish('a/b', 'hi', { qos });
    await publisher.ping();
    const packet = await subscriber.next('publish');
    expect([packet.topic, packet.payload.toString(), packet.qos]).toEqual(['a/b', 'hi', qos]);
  });
});
