import type { Access } from '@nanomq-ts/core';
import { DelayedStore, MemoryTransport } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { ShardAdminHarness } from './shard-admin-harness.ts';

async function latency(harness: ShardAdminHarness): Promise<{ sumMs: number; byBound: Record<string, number> }> {
  const { boundsMs, counts, sumMs } = (await harness.admin.figures()).acknowledgementLatency;
  const rows = counts.map((count, i) => [boundsMs[i] ?? 'above', count] as const).filter(([, count]) => count > 0);
  return { sumMs, byBound: Object.fromEntries(rows) };
}

describe('connections by protocol and listener', () => {
  it('follow takeovers, also by another version, refusals and ends of every kind', async () => {
    const harness = new ShardAdminHarness();
    await harness.client(3, { clientId: 'c' });
    await harness.client(4, { clientId: 'c' });
    await harness.client(5, { clientId: 'c' });
    const second = await harness.client(5, { clientId: 'd' });
    const { client: refused } = harness.open(4);
    refused.sendHex('10 0c 0004 4d515454 04 00 0000 0000'); // no client identifier, and no clean session
    await refused.expectClosed();
    const byProtocol = async () => (await harness.admin.figures()).connectionsByProtocol;
    expect(await byProtocol()).toEqual({ 3: 0, 4: 0, 5: 2 });
    second.destroy();
    expect(await byProtocol()).toEqual({ 3: 0, 4: 0, 5: 1 });
    await harness.admin.kick('c');
    expect(await byProtocol()).toEqual({ 3: 0, 4: 0, 5: 0 });
    expect((await harness.admin.figures()).connectionsByListener).toEqual({ 'tcp:default': 0 });
  });

  it('keep listeners apart', async () => {
    const harness = new ShardAdminHarness();
    await harness.client(4);
    const transport = new MemoryTransport({ listener: 'tcp:second' });
    transport.attach(harness.shard.accept(transport));
    transport.send(Buffer.from('100d00044d515454040200000001' + '63', 'hex'));
    const byListener = async () => (await harness.admin.figures()).connectionsByListener;
    expect(await byListener()).toEqual({ 'tcp:default': 1, 'tcp:second': 1 });
    transport.resetByPeer();
    expect(await byListener()).toEqual({ 'tcp:default': 1, 'tcp:second': 0 });
  });
});

describe('subscribers', () => {
  it('are sessions with a subscription, however they lost it', async () => {
    const harness = new ShardAdminHarness();
    const subscribers = async () => (await harness.admin.figures()).subscribers;
    const durable = { clientId: 'c', clean: false };
    const client = await harness.client(4, durable);
    await client.subscribe('a');
    await client.subscribe('a');
    await client.subscribe('b');
    expect(await subscribers()).toBe(1);
    await client.unsubscribe('a', 'a');
    expect(await subscribers()).toBe(1);
    client.destroy();
    expect(await subscribers()).toBe(1);
    await harness.admin.unsubscribe('c', 'b');
    expect(await subscribers()).toBe(0);
    await harness.admin.subscribe('c', 'x', 0);
    expect(await subscribers()).toBe(1);
    await harness.client(4, { clientId: 'c', clean: true });
    expect(await subscribers()).toBe(0);
  });

  it('lose their count when the session expires', async () => {
    const harness = new ShardAdminHarness();
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 5 } };
    const client = await harness.client(5, options);
    await client.subscribe('a');
    client.destroy();
    await harness.pass(4000);
    expect(await harness.admin.figures()).toMatchObject({ subscribers: 1, sessions: 1 });
    await harness.pass(2000);
    expect(await harness.admin.figures()).toMatchObject({ subscribers: 0, sessions: 0, sessionsExpired: 1 });
  });
});

describe('denials', () => {
  it('are told by reason, beside what limits cost without a denial', async () => {
    const harness = new ShardAdminHarness({ maxConnections: 1 });
    await harness.client(5, { clientId: 'c' });
    const { client: refused } = harness.open(5);
    expect((await refused.connect({ clientId: 'd' })).reasonCode).toBe(0x89);
    const { deniedByReason, ...figures } = await harness.admin.figures();
    expect(deniedByReason).toMatchObject({ connections_full: 1, banned: 0, not_authorized: 0 });
    expect(figures).toMatchObject({
      ratePauses: 0,
      unreadPauses: 0,
      overloads: 0,
      connectionsDelayed: 0,
      flappingBans: 0,
    });
  });
});

describe('bytes', () => {
  it('are those of the wire', async () => {
    const harness = new ShardAdminHarness();
    const { transport } = harness.open(4);
    transport.send(Buffer.from('100d00044d515454040200000001' + '63', 'hex')); // CONNECT
    transport.send(Buffer.from('c000', 'hex')); // PINGREQ
    harness.clock.runTurn();
    expect(transport.take().toString('hex')).toBe('20020000d000');
    expect(await harness.admin.figures()).toMatchObject({ bytesReceived: 17, bytesSent: 6, packetsReceived: 2 });
  });
});

describe('acknowledgement latency', () => {
  it('is nothing while nothing has to wait, and PUBCOMP does not count', async () => {
    const harness = new ShardAdminHarness();
    const client = await harness.client(5);
    for (const qos of [0, 1, 2, 2] as const) client.publish('a', 'x', { qos });
    await client.ping();
    await client.ping();
    expect(await latency(harness)).toEqual({ sumMs: 0, byBound: { 1: 3 } });
  });

  it('is the time that the store took', async () => {
    const store = new DelayedStore();
    const harness = new ShardAdminHarness({}, { store });
    const client = await harness.client(4, { clientId: 'c', clean: false });
    store.commit();
    client.publish('a', 'x', { qos: 1, retain: true });
    await client.ping();
    await harness.pass(30);
    client.publish('b', 'x', { qos: 2 });
    await client.ping();
    expect(await latency(harness)).toEqual({ sumMs: 0, byBound: {} });
    await harness.pass(40);
    store.commit();
    await client.next('puback');
    await client.next('pubrec');
    expect(await latency(harness)).toEqual({ sumMs: 70 + 40, byBound: { 50: 1, 100: 1 } });
  });

  it('is the time that Access took, for all that came with what it was asked about', async () => {
    let answer = (_: number) => {};
    const access: Access = {
      checksPublish: true,
      authenticate: () => 0,
      publish: (_, topicName) => (topicName === 'slow' ? new Promise<number>((resolve) => (answer = resolve)) : 0),
      subscribe: () => 0,
    };
    const harness = new ShardAdminHarness({}, { access });
    const { client, transport } = harness.open(4);
    await client.connect({ clientId: 'c' });
    // Two PUBLISH with QoS 1 in one chunk: to `slow`, and to `a`.
    transport.send(Buffer.from('3208' + '0004736c6f77' + '0001' + '3205' + '000161' + '0002', 'hex'));
    await harness.pass(20_000);
    answer(0);
    await client.next('puback');
    await client.next('puback');
    expect(await latency(harness)).toEqual({ sumMs: 40_000, byBound: { above: 2 } });
    client.publish('a', 'x', { qos: 1 });
    await client.next('puback');
    expect(await latency(harness)).toEqual({ sumMs: 40_000, byBound: { 1: 1, above: 2 } });
  });
});
