import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

/** Payloads of what came, as `topic=payload/qos`, the retained ones with ! */
async function messagesOf(client: Awaited<ReturnType<ShardHarness['client']>>): Promise<string[]> {
  await client.ping();
  const texts: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    texts.push(`${packet.topic}=${packet.payload}/${packet.qos}${packet.retain ? '!' : ''}`);
  }
  return texts;
}

describe('Subscription Options, MQTT 5.0', () => {
  it.each([
    ['Retain Handling 0 sends retained messages with every SUBSCRIBE [MQTT-3.3.1-9]', 0, [1, 1]],
    ['Retain Handling 1 sends them with a new subscription only [MQTT-3.3.1-10]', 1, [1, 0]],
    ['Retain Handling 2 never sends them [MQTT-3.3.1-11]', 2, [0, 0]],
  ] as const)('%s', async (_, rh, counts) => {
    const harness = new ShardHarness();
    const client = await harness.client(5);
    client.publish('r', 'x', { retain: true });
    for (const count of counts) {
      await client.subscribe([{ topic: 'r', qos: 0, rh }]);
      expect(await messagesOf(client)).toHaveLength(count);
    }
    await client.unsubscribe('r');
    await client.subscribe([{ topic: 'r', qos: 0, rh }]);
    expect(await messagesOf(client)).toHaveLength(counts[0]);
  });

  it('Retain Handling 1 takes a subscription of a resumed session as existing [MQTT-3.3.1-10]', async () => {
    const harness = new ShardHarness();
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } };
    const client = await harness.client(5, options);
    client.publish('r', 'x', { retain: true });
    await client.subscribe([{ topic: 'r', qos: 0, rh: 2 }]);
    client.destroy();
    const again = await harness.client(5, options);
    await again.subscribe([{ topic: 'r', qos: 0, rh: 1 }]);
    expect(await messagesOf(again)).toEqual([]);
  });

  it.each([
    ['Retain As Published 0 forwards with RETAIN 0 [MQTT-3.3.1-12]', false, [false, false]],
    ['Retain As Published 1 forwards RETAIN as received [MQTT-3.3.1-13]', true, [false, true]],
  ] as const)('%s', async (_, rap, flags) => {
    const harness = new ShardHarness();
    const client = await harness.client(5);
    const publisher = await harness.client(5);
    await client.subscribe([{ topic: 't', qos: 2, rap }]);
    for (const qos of [0, 1, 2] as const) {
      for (const retain of [false, true]) publisher.publish('t', 'x', { qos, retain });
      await publisher.ping();
      const got = [await client.next('publish'), await client.next('publish')].map((packet) => packet.retain);
      expect(got).toEqual(flags);
    }
  });

  it.each([0, 1, 2] as const)('No Local keeps own QoS %i messages away, and only those [MQTT-3.8.3-3]', async (qos) => {
    const harness = new ShardHarness();
    const client = await harness.client(5);
    const other = await harness.client(5);
    await client.subscribe([{ topic: 't', qos: 2, nl: true }]);
    client.publish('t', 'own', { qos });
    other.publish('t', 'foreign', { qos });
    await other.ping();
    client.publish('t', 'own', { qos });
    expect(await messagesOf(client)).toEqual([`t=foreign/${qos}`]);
  });

  it('No Local goes by client identifier, also after a reconnect and for a retained message [MQTT-3.8.3-3]', async () => {
    const harness = new ShardHarness();
    const first = await harness.client(5, { clientId: 'c' });
    first.publish('t', 'own', { retain: true, qos: 1 });
    await first.ping();
    const second = await harness.client(5, { clientId: 'c' });
    await second.subscribe([{ topic: 't', qos: 2, nl: true }]);
    expect(await messagesOf(second)).toEqual([]);
    const other = await harness.client(5);
    await other.subscribe([{ topic: 't', qos: 2, nl: true }]);
    expect(await messagesOf(other)).toEqual(['t=own/1!']);
  });

  it('No Local keeps the own will away too, waiting or retained [MQTT-3.8.3-3]', async () => {
    const harness = new ShardHarness();
    const kept = { clientId: 'a', clean: false, properties: { sessionExpiryInterval: 60 } };
    const other = await harness.client(5);
    await other.subscribe('w', 1);
    const { client } = harness.open(5);
    await client.connect({ ...kept, will: { topic: 'w', payload: Buffer.from('bye'), qos: 1, retain: true } });
    await client.subscribe([{ topic: 'w', qos: 1, nl: true }]);
    client.destroy();
    expect((await other.next('publish')).payload.toString()).toBe('bye');
    const { client: again } = harness.open(5);
    await again.connect(kept);
    await again.subscribe([{ topic: '+', qos: 1, nl: true }]);
    await again.expectNothing();
  });
});
