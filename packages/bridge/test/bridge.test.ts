import { describe, expect, it } from 'vitest';
import { BridgeHarness, forward, subscription } from './bridge-harness.ts';

const VERSIONS = [3, 4, 5] as const;

describe.each(VERSIONS)('a bridge is a client of MQTT version %i [v3.1.1 MQTT-7.0.0-1]', (protocolVersion) => {
  it.each([0, 1, 2] as const)('carries QoS %i out', async (qos) => {
    const harness = await new BridgeHarness({ protocolVersion, forwards: [forward('a/#')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    const publisher = await harness.local.client(5);
    for (let i = 0; i < 3; i++) publisher.publish('a/1', `out ${i}`, { qos });
    publisher.publish('b', 'not this', { qos });
    expect(await harness.payloads(subscriber)).toEqual(['out 0', 'out 1', 'out 2']);
    const published = subscriber.received.filter((packet) => packet.cmd === 'publish');
    expect(published.map((packet) => packet.qos)).toEqual([qos, qos, qos]);
    await harness.settle();
    expect(harness.bridge.status).toMatchObject({ state: 'connected', backlogMessages: 0, sentMessages: 3 });
  });

  it.each([0, 1, 2] as const)('carries QoS %i in', async (qos) => {
    const harness = await new BridgeHarness({ protocolVersion, subscriptions: [subscription('a/#')] }).start();
    const subscriber = await harness.local.client(5);
    await subscriber.subscribe('#', 2);
    const publisher = await harness.remote.client(5);
    for (let i = 0; i < 3; i++) publisher.publish('a/1', `in ${i}`, { qos });
    publisher.publish('b', 'not this', { qos });
    expect(await harness.payloads(subscriber)).toEqual(['in 0', 'in 1', 'in 2']);
    await harness.settle();
    expect(harness.bridge.status).toMatchObject({ receivedMessages: 3, droppedInByReason: {} });
    const session = harness.remote.shard.sessions.find('bridge');
    expect(session?.window?.count ?? 0).toBe(0);
  });

  it('carries each message once, both ways on #', async () => {
    const both = { forwards: [forward('#')], subscriptions: [subscription('#')] };
    const harness = await new BridgeHarness({ protocolVersion, ...both }).start();
    const here = await harness.local.client(5);
    const there = await harness.remote.client(5);
    await here.subscribe('#', 1);
    await there.subscribe('#', 1);
    here.publish('t', 'from here', { qos: 1 });
    there.publish('t', 'from there', { qos: 1 });
    const expected = ['from here', 'from there'];
    expect((await harness.payloads(here)).sort()).toEqual(expected);
    expect((await harness.payloads(there)).sort()).toEqual(expected);
  });

  it('keeps RETAIN in both directions', async () => {
    const harness = await new BridgeHarness({
      protocolVersion,
      forwards: [forward('out')],
      subscriptions: [subscription('in')],
    }).start();
    harness.local.shard.publish('out', Buffer.from('x'), { qos: 1, retain: true });
    harness.remote.shard.publish('in', Buffer.from('y'), { qos: 1, retain: true });
    await harness.settle();
    expect(harness.remote.shard.retained.get('out')).toBeDefined();
    expect(harness.local.shard.retained.get('in')).toBeDefined();
  });
});
