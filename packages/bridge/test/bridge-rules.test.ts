import { describe, expect, it } from 'vitest';
import { BridgeHarness, forward, subscription } from './bridge-harness.ts';

describe('rules', () => {
  it('every match of a forward sends, and the publisher waits for none of them', async () => {
    const harness = await new BridgeHarness({
      forwards: [forward('a/#', { prefix: '1/' }), forward('+/b', { prefix: '2/', qos: 1 }), forward('#', { qos: 0 })],
    }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    const publisher = await harness.local.client(5);
    publisher.publish('a/b', 'x', { qos: 2 });
    await harness.settle();
    const pings = await harness.payloads(subscriber);
    expect(pings).toHaveLength(3);
    const copies = subscriber.received.flatMap((packet) =>
      packet.cmd === 'publish' ? [[packet.topic, packet.qos]] : [],
    );
    expect(copies.sort()).toEqual([
      ['1/a/b', 2],
      ['2/a/b', 1],
      ['a/b', 0],
    ]);
    await harness.settle();
    expect(harness.bridge.status.backlogMessages).toBe(0);
  });

  it.each([
    ['QoS raised', { qos: 2 }, 0, 2],
    ['QoS lowered', { qos: 0 }, 2, 0],
    ['QoS kept', {}, 1, 1],
  ] as const)('%s', async (_name, changes, published, expected) => {
    const harness = await new BridgeHarness({ forwards: [forward('a', changes)] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('a', 2);
    (await harness.local.client(5)).publish('a', 'x', { qos: published });
    await harness.payloads(subscriber);
    expect(subscriber.received.find((packet) => packet.cmd === 'publish')).toMatchObject({ qos: expected });
  });

  it('RETAIN is overridden in both directions', async () => {
    const harness = await new BridgeHarness({
      forwards: [forward('keep', { retain: true }), forward('let-go', { retain: false })],
      subscriptions: [subscription('in', { retain: true, localTopic: 'in-kept' })],
    }).start();
    harness.local.shard.publish('keep', Buffer.from('x'), { qos: 1 });
    harness.local.shard.publish('let-go', Buffer.from('x'), { qos: 1, retain: true });
    harness.remote.shard.publish('in', Buffer.from('x'), { qos: 1 });
    await harness.settle();
    const { remote, local } = harness;
    expect([remote.shard.retained.get('keep'), local.shard.retained.get('in-kept')]).not.toContain(undefined);
    expect(remote.shard.retained.get('let-go')).toBeUndefined();
  });

  it('the first subscription that matches decides', async () => {
    const harness = await new BridgeHarness({
      subscriptions: [subscription('a/+', { prefix: 'first/' }), subscription('a/#', { prefix: 'second/' })],
    }).start();
    const subscriber = await harness.local.client(5);
    await subscriber.subscribe('#', 2);
    harness.remote.shard.publish('a/b', Buffer.from('x'), { qos: 1 });
    await harness.payloads(subscriber);
    const topics = subscriber.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []));
    expect(topics).toEqual(['first/a/b']);
  });

  it('$SYS stays here, and that of the remote broker does not overwrite ours', async () => {
    const harness = await new BridgeHarness({
      forwards: [forward('#'), forward('$SYS/#')],
      subscriptions: [subscription('$SYS/x')],
    }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('$SYS/#');
    await subscriber.subscribe('#');
    harness.local.shard.publish('$SYS/here', Buffer.from('secret'));
    harness.remote.shard.publish('$SYS/x', Buffer.from('there'), { retain: true, qos: 1 });
    expect(await harness.payloads(subscriber)).not.toContain('secret');
    expect(harness.local.shard.retained.get('$SYS/x')).toBeUndefined();
    expect(harness.local.logged.map(({ text }) => text)).toContainEqual(expect.stringMatching(/\$SYS never leaves/));
  });

  it('properties of MQTT 5.0 pass, and the broker is named', async () => {
    const harness = await new BridgeHarness({ forwards: [forward('a')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('a', 1);
    const publisher = await harness.local.client(5);
    const properties = { contentType: 't', correlationData: Buffer.from('c'), userProperties: { k: 'v' } };
    publisher.publish('a', 'x', { qos: 1, properties: { ...properties, topicAlias: 1 } });
    await harness.payloads(subscriber);
    const published = subscriber.received.find((packet) => packet.cmd === 'publish');
    expect(published).toMatchObject({
      properties: { contentType: 't', userProperties: { k: 'v', 'bridge-origin': 'here' } },
    });
    expect(published).not.toHaveProperty('properties.topicAlias');
  });

  it('one copy fewer than the receive maximum needs is said, not tried', async () => {
    const harness = new BridgeHarness({ forwards: [forward('#'), forward('a')] });
    (harness.remote.shard.options as { receiveMaximum: number }).receiveMaximum = 1;
    await harness.start();
    expect(harness.bridge.status.lastError?.text).toMatch(/takes 1 messages at once, but 2 forwards/);
  });
});

describe('a transparent bridge', () => {
  it('repeats what is subscribed to here, and passes everything on', async () => {
    const harness = new BridgeHarness({ transparent: true });
    const early = await harness.local.client(5);
    await early.subscribe('a/#', 1);
    await early.subscribe('$SYS/#');
    await harness.start();
    const late = await harness.local.client(5);
    await late.subscribe('b', 1);
    await late.subscribe('a/#', 1);
    await harness.settle();
    const subscriptions = () => [...(harness.remote.shard.sessions.find('bridge')?.subscriptions?.keys() ?? [])].sort();
    expect(subscriptions()).toEqual(['a/#', 'b']);
    harness.remote.shard.publish('b', Buffer.from('in'), { qos: 1 });
    expect(await harness.payloads(late)).toEqual(['in']);
    const there = await harness.remote.client(5);
    await there.subscribe('a/1', 1);
    early.publish('a/1', 'out', { qos: 1 });
    expect(await harness.payloads(there)).toEqual(['out']);
    await late.unsubscribe('b', 'a/#');
    await harness.settle();
    expect(subscriptions()).toEqual(['a/#']);
  });
});

describe('loops', () => {
  it('a message that was here is not taken again, and one from too far away goes no further', async () => {
    const harness = await new BridgeHarness({
      maxHops: 2,
      forwards: [forward('out')],
      subscriptions: [subscription('in')],
    }).start();
    const here = await harness.local.client(5);
    await here.subscribe('in', 1);
    const there = await harness.remote.client(5);
    await there.subscribe('out', 1);
    const from = (...brokers: string[]) => ({ userProperties: { 'bridge-origin': brokers } });
    there.publish('in', 'was here', { qos: 1, properties: from('x', 'here') });
    there.publish('in', 'was not', { qos: 1, properties: from('x') });
    expect(await harness.payloads(here)).toEqual(['was not']);
    here.publish('out', 'far', { qos: 1, properties: from('x', 'y') });
    here.publish('out', 'near', { qos: 1, properties: from('x') });
    expect(await harness.payloads(there)).toEqual(['near']);
    await harness.settle();
    expect(harness.bridge.status).toMatchObject({
      backlogMessages: 0,
      droppedOutByReason: { loop: 1 },
      droppedInByReason: { loop: 1 },
    });
  });
});
