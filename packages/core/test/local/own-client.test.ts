import { MemoryLink, MemoryTransport, ONE_SHARD, RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { DropReason, OwnClient, type OwnConnectionTerms } from '../../src/index.ts';

const BOUND = { messages: 3, bytes: 0 };
const TERMS: OwnConnectionTerms = { protocolVersion: 5, receiveMaximum: 100, isResumed: true };

function ownClient(harness: ShardHarness, options: Partial<ConstructorParameters<typeof OwnClient>[1]> = {}) {
  const own = new OwnClient(harness.shard, {
    clientId: 'own',
    lastPacketId: 4095,
    queueBound: BOUND,
    queuesQos0: false,
    ...options,
  });
  const connect = (terms: Partial<OwnConnectionTerms> = {}) => {
    const transport = new MemoryTransport();
    transport.attach(own.attach(transport, { ...TERMS, ...terms }));
    const client = new RawClient(new MemoryLink(transport, () => harness.clock.runTurn()), terms.protocolVersion ?? 5);
    return { client, transport };
  };
  return { own, connect };
}

function payloadsOf(client: RawClient): string[] {
  return client.received.flatMap((packet) => (packet.cmd === 'publish' ? [String(packet.payload)] : []));
}

async function settle(harness: ShardHarness): Promise<void> {
  for (let i = 0; i < 5; i++) {
    harness.clock.runTurn();
    await Promise.resolve();
  }
}

describe('OwnClient', () => {
  it.each([4, 5] as const)(
    'is sent what it subscribes to, in the layout of MQTT version %i',
    async (protocolVersion) => {
      const harness = new ShardHarness({}, ONE_SHARD);
      const { own, connect } = ownClient(harness);
      own.subscribe({ topicFilter: 'a/#', qos: 2, raisesQos: false });
      const { client } = connect({ protocolVersion });
      const publisher = await harness.client(5);
      for (const qos of [0, 1, 2] as const) {
        publisher.publish('a/1', `qos ${qos}`, { qos, properties: { contentType: 't' } });
        const { qos: received, properties } = await client.next('publish');
        expect(received).toBe(qos);
        expect(properties?.contentType).toBe(protocolVersion === 5 ? 't' : undefined);
      }
    },
  );

  it('gets retained messages once, with its first connection', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own, connect } = ownClient(harness);
    own.subscribe({ topicFilter: 'a/#', qos: 1, raisesQos: false });
    const publisher = await harness.client(4);
    harness.shard.publish('a/kept', Buffer.from('r'), { qos: 1, retain: true });
    expect(publisher.received).toHaveLength(1);
    const first = connect();
    expect((await first.client.next('publish')).retain).toBe(true);
    await first.client.ping();
    first.transport.resetByPeer();
    await first.transport.whenClosed;
    const second = connect();
    await second.client.expectNothing();
  });

  it('keeps the newest messages while it is offline, in order, and counts the others', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own, connect } = ownClient(harness);
    own.subscribe({ topicFilter: '#', qos: 2, raisesQos: false });
    for (let i = 0; i < 5; i++) harness.shard.publish('t', Buffer.from(`${i}`), { qos: 1 });
    expect(own.drops[DropReason.QueueFull]).toBe(2);
    expect(own.backlog).toMatchObject({ messages: 3, oldestSequence: own.nextSequence - 3 });
    const { client } = connect();
    await client.ping();
    await client.ping();
    expect(payloadsOf(client)).toEqual(['2', '3', '4']);
    expect(own.backlog).toEqual({ messages: 0, bytes: 0, oldestSequence: null });
  });

  it('drops the oldest by bytes too', () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own } = ownClient(harness, { queueBound: { messages: 100, bytes: 250 } });
    own.subscribe({ topicFilter: '#', qos: 2, raisesQos: false });
    for (let i = 0; i < 5; i++) harness.shard.publish('t', Buffer.alloc(90), { qos: 1 });
    expect(own.backlog.messages).toBe(2);
    expect(own.backlog.bytes).toBeLessThanOrEqual(250);
  });

  it.each([
    ['drops QoS 0', false, [] as string[]],
    ['keeps QoS 0 when told so', true, ['late']],
  ])('%s while it is offline', async (_name, queuesQos0, expected) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own, connect } = ownClient(harness, { queuesQos0 });
    own.subscribe({ topicFilter: '#', qos: 2, raisesQos: false });
    const publisher = await harness.client(4);
    publisher.publish('t', 'late');
    await settle(harness);
    expect(own.drops[DropReason.Offline]).toBe(1 - expected.length);
    const { client } = connect({ protocolVersion: 4 });
    await client.ping();
    expect(payloadsOf(client)).toEqual(expected);
  });

  it.each([
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 1],
  ] as const)('raises QoS %i to at least %i where it is told to', async (published, least) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own, connect } = ownClient(harness);
    own.subscribe({ topicFilter: 'a', qos: least, raisesQos: true });
    const subscriber = await harness.client(5);
    await subscriber.subscribe('a', 2);
    const { client } = connect();
    const publisher = await harness.client(5);
    publisher.publish('a', 'x', { qos: published });
    expect((await client.next('publish')).qos).toBe(least);
    expect((await subscriber.next('publish')).qos).toBe(published);
  });

  it('publishes without being asked for its rights, and does not get it back', async () => {
    const harness = new ShardHarness(
      {},
      { ...ONE_SHARD, access: { authenticate: () => 0, checksPublish: true, publish: () => 0x87, subscribe: () => 0 } },
    );
    const { own, connect } = ownClient(harness);
    own.subscribe({ topicFilter: '#', qos: 2, raisesQos: false });
    const subscriber = await harness.client(5);
    await subscriber.subscribe('#', 2);
    const { client } = connect();
    client.publish('a', 'from own', { qos: 1 });
    expect((await client.next('puback')).reasonCode).toBe(0);
    expect(String((await subscriber.next('publish')).payload)).toBe('from own');
    await client.expectNothing();
  });

  it('hands out no packet identifier above its limit', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own, connect } = ownClient(harness, { lastPacketId: 3 });
    own.subscribe({ topicFilter: '#', qos: 1, raisesQos: false });
    const { client } = connect({ receiveMaximum: 2 });
    for (let i = 0; i < 5; i++) {
      harness.shard.publish('t', Buffer.from('x'), { qos: 1 });
      expect((await client.next('publish')).messageId).toBe((i % 3) + 1);
      await client.ping();
    }
  });

  it('sends again what was not acknowledged, and forgets QoS 2 from a peer that lost its session', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own, connect } = ownClient(harness);
    own.subscribe({ topicFilter: '#', qos: 1, raisesQos: false });
    const first = connect();
    first.client.autoAcknowledge = false;
    first.client.publish('in', 'two', { qos: 2, messageId: 9 });
    await first.client.next('pubrec');
    harness.shard.publish('t', Buffer.from('x'), { qos: 1 });
    const { messageId } = await first.client.next('publish');
    first.transport.resetByPeer();
    await first.transport.whenClosed;
    const subscriber = await harness.client(5);
    await subscriber.subscribe('in', 2);
    const second = connect({ isResumed: false });
    expect(await second.client.next('publish')).toMatchObject({ messageId, dup: true });
    second.client.publish('in', 'another', { qos: 2, messageId: 9 });
    expect(String((await subscriber.next('publish')).payload)).toBe('another');
  });

  it('is ended by a fault of its peer without disturbing what is counted of clients', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own, connect } = ownClient(harness);
    const { client, transport } = connect();
    client.link.send(Buffer.from('3603000161', 'hex'));
    await transport.whenClosed;
    expect(transport.state).toBe('closed');
    expect(harness.shard.sessions.onlineCount).toBe(0);
    own.close();
    const again = ownClient(harness);
    again.own.subscribe({ topicFilter: 'z', qos: 0, raisesQos: false });
    const { client: next } = again.connect();
    harness.shard.publish('z', Buffer.from('on'));
    expect(String((await next.next('publish')).payload)).toBe('on');
  });

  it('leaves nothing behind when it is closed', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { own } = ownClient(harness);
    own.subscribe({ topicFilter: 'a/#', qos: 1, raisesQos: false });
    harness.shard.publish('a/1', Buffer.from('x'), { qos: 1 });
    own.close();
    expect(harness.shard.index.size).toBe(0);
    expect(harness.shard.messages.size).toBe(0);
    expect(own.drops[DropReason.SessionEnded]).toBe(1);
  });
});
