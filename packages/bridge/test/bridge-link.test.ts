import { describe, expect, it } from 'vitest';
import { BridgeHarness, forward } from './bridge-harness.ts';

const KEEPS = {
  cleanStart: false,
  connect: { ...new BridgeHarness().bridge.options.connect, sessionExpirySeconds: 3600 },
} as const;

describe('while the line is down', () => {
  it.each([1, 2] as const)('messages wait and come in order, QoS %i', async (qos) => {
    const harness = await new BridgeHarness({ ...KEEPS, forwards: [forward('#')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('t', 2);
    const publish = (i: number) => harness.local.shard.publish('t', Buffer.from(`${i}`), { qos });
    for (let i = 0; i < 5; i++) publish(i);
    await harness.settle();
    await harness.breakLine();
    for (let i = 5; i < 50; i++) publish(i);
    expect(harness.bridge.status).toMatchObject({ state: 'connecting', backlogMessages: 45 });
    await harness.advance(3000);
    expect(harness.bridge.status).toMatchObject({ state: 'connected', reconnects: 1, backlogMessages: 0 });
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  });

  it('nothing that was acknowledged is lost, and no QoS 2 comes twice, when the line is cut anywhere', async () => {
    const harness = await new BridgeHarness({ ...KEEPS, answerTimeoutMs: 2000, forwards: [forward('#')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    let sent = 0;
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 7; i++) harness.local.shard.publish('t', Buffer.from(`${sent++}`), { qos: 2 });
      // Cut after so many steps of the exchange.
      for (let step = 0; step < round; step++) {
        harness.local.clock.runTurn();
        await Promise.resolve();
        harness.remote.clock.runTurn();
      }
      await harness.breakLine();
      await harness.advance(3000);
    }
    await harness.advance(5000);
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: sent }, (_, i) => `${i}`));
    expect(harness.bridge.status.backlogMessages).toBe(0);
  });

  it('the oldest go when the queue is full, and are counted', async () => {
    const harness = new BridgeHarness({ forwards: [forward('#')], queueBound: { messages: 10, bytes: 0 } });
    harness.unreachable = true;
    await harness.start();
    for (let i = 0; i < 25; i++) harness.local.shard.publish('t', Buffer.from(`${i}`), { qos: 1 });
    expect(harness.bridge.status).toMatchObject({ backlogMessages: 10, droppedOutByReason: { queue_full: 15 } });
    expect(harness.bridge.status.lastError?.text).toBe('connect ECONNREFUSED');
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('t', 1);
    harness.unreachable = false;
    await harness.advance(6000);
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: 10 }, (_, i) => `${i + 15}`));
  });

  it('the age of the oldest message is told', async () => {
    const harness = new BridgeHarness({ forwards: [forward('#')] });
    harness.unreachable = true;
    await harness.start();
    harness.local.shard.publish('t', Buffer.from('x'), { qos: 1 });
    await harness.advance(10_000);
    const { oldestBacklogMs } = harness.bridge.status;
    expect(oldestBacklogMs).toBeGreaterThanOrEqual(10_000);
    expect(oldestBacklogMs).toBeLessThan(11_000);
  });

  it('attempts become rarer, up to the longest pause, over all servers', async () => {
    const harness = new BridgeHarness({ maxBackoffMs: 4000, servers: ['mqtt-tcp://one', 'mqtt-tcp://two'] });
    harness.unreachable = true;
    await harness.start();
    await harness.advance(60_000);
    // Half a pause at random 0: 0, 1, 2, 2, 2 ... s.
    expect(harness.attempts.length).toBeGreaterThan(25);
    expect(harness.attempts.length).toBeLessThan(33);
    expect(harness.attempts.slice(0, 4).map(({ server }) => server.host)).toEqual(['one', 'two', 'one', 'two']);
  });

  it('a cut that nobody sees is found out', async () => {
    const harness = await new BridgeHarness({ ...KEEPS, answerTimeoutMs: 4000, forwards: [forward('#')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 1);
    harness.isCut = true;
    for (let i = 0; i < 20; i++) harness.local.shard.publish('t', Buffer.from(`${i}`), { qos: 1 });
    await harness.advance(7000);
    expect(harness.bridge.status).toMatchObject({ state: 'connecting', backlogMessages: 20 });
    harness.isCut = false;
    await harness.advance(6000);
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });
});

describe('several connections', () => {
  it('share what is forwarded, each topic in its order', async () => {
    const harness = await new BridgeHarness({ connections: 3, forwards: [forward('#')] }).start();
    expect(harness.bridge.status.connections).toBe(3);
    const ids = [...harness.remote.shard.sessions.values()].map(({ clientId }) => clientId);
    expect(ids.sort()).toEqual(['bridge', 'bridge-2', 'bridge-3']);
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    for (let i = 0; i < 60; i++) {
      harness.local.shard.publish(`t/${i % 10}`, Buffer.from(`${i}`), { qos: ((i % 2) + 1) as 1 | 2 });
    }
    const payloads = await harness.payloads(subscriber);
    expect(payloads).toHaveLength(60);
    for (let topic = 0; topic < 10; topic++) {
      const own = payloads.filter((text) => Number(text) % 10 === topic).map(Number);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    const shares = [...harness.remote.shard.sessions.values()].map(({ receivedMessages }) => receivedMessages);
    expect(shares.filter((count) => count > 0).length).toBeGreaterThan(1);
  });

  it('all begin anew when one is lost', async () => {
    const harness = await new BridgeHarness({ connections: 2, forwards: [forward('#')] }).start();
    const second = harness.remote.shard.sessions.find('bridge-2');
    second?.connection?.transport.destroy();
    await harness.settle();
    expect(harness.bridge.status.state).toBe('connecting');
    await harness.advance(3000);
    expect(harness.bridge.status).toMatchObject({ state: 'connected', connections: 2, reconnects: 1 });
  });
});
