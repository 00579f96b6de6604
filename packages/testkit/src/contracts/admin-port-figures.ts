import { describe, expect, it } from 'vitest';
import type { AdminBench } from './admin-port.ts';
import { durable } from './durable-session.ts';

/** Declares the tests of the figures. */
export function declareAdminFigures(bench: AdminBench): void {
  describe('figures', () => declareFigures(bench));
}

function declareFigures(bench: AdminBench): void {
  it('count clients, sessions and subscriptions as they come and go', async () => {
    const { harness } = bench;
    const online = await harness.client(5, { clientId: 'on' });
    const offline = await harness.client(4, durable(4, 'off'));
    await harness.client(3, { clientId: 'none' });
    for (const filter of ['a', 'b/+', '$share/g/b/+', '$share/g/c']) await online.subscribe(filter);
    await offline.subscribe('a');
    offline.send({ cmd: 'disconnect' });
    await offline.expectClosed();
    await expect.poll(async () => (await harness.admin.figures()).connections).toBe(2);
    expect(await harness.admin.figures()).toMatchObject({
      sessions: 3,
      subscribers: 2,
      subscriptions: 5,
      sharedSubscriptions: 2,
      topics: 3,
      connectionsAccepted: 3,
      connectionsByProtocol: { 3: 1, 4: 0, 5: 1 },
      connectionsByListener: { [harness.listenerName]: 2 },
    });
    await online.unsubscribe('a', 'b/+', '$share/g/b/+', '$share/g/c');
    expect(await harness.admin.figures()).toMatchObject({
      subscribers: 1,
      subscriptions: 1,
      sharedSubscriptions: 0,
      topics: 1,
    });
    await harness.client(5, { clientId: 'off' });
    expect(await harness.admin.figures()).toMatchObject({
      subscribers: 0,
      subscriptions: 0,
      topics: 0,
      connections: 3,
    });
  });

  it('count messages and how long acknowledgements took', async () => {
    const { harness } = bench;
    const subscriber = await harness.client(4, { clientId: 's' });
    await subscriber.subscribe('a', 2);
    const publisher = await harness.client(5, { clientId: 'p' });
    for (const qos of [0, 1, 1, 2, 2, 2] as const) publisher.publish('a', 'x', { qos });
    publisher.publish('nobody', 'x', { qos: 1 });
    publisher.publish('kept', 'x', { retain: true });
    await publisher.ping();
    await subscriber.ping();
    await subscriber.ping();
    const figures = await harness.admin.figures();
    expect(figures).toMatchObject({
      messagesReceived: 8,
      messagesReceivedByQos: [2, 3, 3],
      messagesSent: 6,
      messagesSentByQos: [1, 2, 3],
      messagesDropped: 2,
      droppedByReason: { no_subscribers: 2, queue_full: 0, slow_receiver: 0 },
      retainedMessages: 1,
    });
    const { boundsMs, counts, sumMs } = figures.acknowledgementLatency;
    expect(counts).toHaveLength(boundsMs.length + 1);
    expect(counts.reduce((sum, count) => sum + count)).toBe(6);
    expect(sumMs).toBeGreaterThanOrEqual(0);
    expect(figures.bytesReceived).toBeGreaterThan(0);
    expect(figures.bytesSent).toBeGreaterThan(0);
    expect(figures.packetsReceived).toBeGreaterThan(8);
  });
}
