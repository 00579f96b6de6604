import type { AdminEvent } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import type { AdminBench } from './admin-port.ts';
import { durable } from './durable-session.ts';

/** Events as they come, and what takes the listener off. */
function listen(bench: AdminBench): { readonly events: AdminEvent[]; readonly stop: () => void } {
  const events: AdminEvent[] = [];
  return { events, stop: bench.harness.admin.events((event) => events.push(event)) };
}

function typesOf(events: readonly AdminEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** Declares the tests of events. */
export function declareAdminEvents(bench: AdminBench): void {
  describe('events', () => {
    declareClientEvents(bench);
    declareDropEvents(bench);
    declareListeners(bench);
  });
}

function declareClientEvents(bench: AdminBench): void {
  it.each([3, 4, 5] as const)('tell what a client of version %i does', async (version) => {
    const { harness } = bench;
    const { events } = listen(bench);
    const client = await harness.client(version, { clientId: 'c', username: 'u', password: 'p' });
    await client.subscribe('a/+', 1);
    await client.unsubscribe('a/+', 'never');
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    await expect.poll(() => typesOf(events)).toEqual(['connected', 'subscribed', 'unsubscribed', 'disconnected']);
    const online = { clientId: 'c', username: 'u', isOnline: true, protocolVersion: version, subscriptionCount: 0 };
    expect(events).toMatchObject([
      { client: { ...online, listener: harness.listenerName } },
      { subscription: { clientId: 'c', topicFilter: 'a/+', qos: 1 } },
      { clientId: 'c', topicFilter: 'a/+' },
      { clientId: 'c', reasonCode: 0 },
    ]);
    for (const { atMs } of events) expect(atMs).toBeGreaterThan(1.6e12);
  });

  it('tell why a connection ended: the network, a takeover, an administrator', async () => {
    const { harness } = bench;
    const { events } = listen(bench);
    const reasons = () => events.flatMap((event) => (event.type === 'disconnected' ? [event.reasonCode] : []));
    const lost = await harness.client(4, { clientId: 'c' });
    lost.destroy();
    await expect.poll(reasons).toEqual([0x8b]);
    await harness.client(5, { clientId: 'c' });
    await harness.client(5, { clientId: 'c' });
    await expect.poll(reasons).toEqual([0x8b, 0x8e]);
    await harness.admin.kick('c');
    await expect.poll(reasons).toEqual([0x8b, 0x8e, 0x98]);
  });

  it('tell of subscriptions made by administration too, also of a client that is offline', async () => {
    const { harness } = bench;
    const client = await harness.client(4, durable(4, 'c'));
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    const { events } = listen(bench);
    await harness.admin.subscribe('c', 'x', 2);
    await harness.admin.unsubscribe('c', 'x');
    await expect.poll(() => typesOf(events)).toEqual(['subscribed', 'unsubscribed']);
    expect(events).toMatchObject([{ subscription: { clientId: 'c', topicFilter: 'x', qos: 2 } }, { topicFilter: 'x' }]);
  });
}

function declareDropEvents(bench: AdminBench): void {
  it('tell of drops once a second and reason, and only of new ones', async () => {
    const { harness } = bench;
    const client = await harness.client(4, durable(4, 'away'));
    await client.subscribe('away', 1);
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    const publisher = await harness.client(5, { clientId: 'p' });
    publisher.publish('nobody', 'before anybody listens');
    await publisher.ping();
    const { events } = listen(bench);
    for (let i = 0; i < 7; i++) publisher.publish('nobody', 'x');
    for (let i = 0; i < 2; i++) publisher.publish('away', 'x');
    await publisher.ping();
    expect(events).toEqual([]);
    await harness.pass(1000);
    const counts = () =>
      events.flatMap((event) => (event.type === 'dropped' ? [`${event.reason} ${event.count}`] : [])).sort();
    await expect.poll(counts).toEqual(['no_subscribers 7', 'offline 2']);
    await harness.pass(3000);
    expect(counts()).toHaveLength(2);
    publisher.publish('nobody', 'x');
    await publisher.ping();
    await harness.pass(1000);
    await expect.poll(counts).toEqual(['no_subscribers 1', 'no_subscribers 7', 'offline 2']);
  });
}

function declareListeners(bench: AdminBench): void {
  it('go to every listener until it is taken off', async () => {
    const { harness } = bench;
    const first = listen(bench);
    const second = listen(bench);
    await harness.client(4, { clientId: 'a' });
    await expect.poll(() => [first.events.length, second.events.length]).toEqual([1, 1]);
    first.stop();
    first.stop();
    await harness.client(4, { clientId: 'b' });
    await expect.poll(() => second.events.length).toBe(2);
    expect(first.events).toHaveLength(1);
    second.stop();
    await harness.client(4, { clientId: 'c' });
    const third = listen(bench);
    await harness.client(4, { clientId: 'd' });
    await expect.poll(() => third.events).toMatchObject([{ client: { clientId: 'd' } }]);
    expect(second.events).toHaveLength(2);
  });

  it('go on when a listener fails', async () => {
    const { harness } = bench;
    harness.admin.events(() => {
      throw new Error('on purpose');
    });
    const { events } = listen(bench);
    const client = await harness.client(5, { clientId: 'c' });
    await expect.poll(() => typesOf(events)).toEqual(['connected']);
    await client.expectNothing();
  });
}
