import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../src/observe/counters.ts';

describe('Counters', () => {
  it('count drops by reason and in all', () => {
    const counters = new Counters();
    counters.drop(0);
    counters.drop(2, 5);
    counters.drop(2);
    expect([counters.dropped.slice(0, 4), counters.droppedTotal]).toEqual([[1, 0, 6, 0], 7]);
  });
});

describe('what a shard counts', () => {
  it('is what its clients saw: packets, bytes, messages by QoS', async () => {
    const harness = new ShardHarness();
    const { counters } = harness.shard;
    const [publisher, receiver] = [harness.open(5), harness.open(4)];
    const seen = { sent: 0, taken: 0 };
    for (const { link } of [publisher.client, receiver.client]) {
      const [send, take] = [link.send.bind(link), link.take.bind(link)];
      link.send = (bytes) => {
        seen.sent += bytes.length;
        send(bytes);
      };
      link.take = () => {
        const bytes = take();
        seen.taken += bytes.length;
        return bytes;
      };
    }
    await publisher.client.connect({ clientId: 'p' });
    await receiver.client.connect({ clientId: 'r' });
    await receiver.client.subscribe('t', 1);
    for (const qos of [0, 0, 1, 2] as const) publisher.client.publish('t', 'x', { qos });
    publisher.client.publish('nobody', 'x');
    await publisher.client.ping();
    await receiver.client.ping();
    expect(counters.publishReceivedByQos).toEqual([3, 1, 1]);
    expect([counters.publishReceived, counters.publishSent]).toEqual([5, 4]);
    expect(counters.publishSentByQos).toEqual([2, 2, 0]);
    expect(counters.dropped[0]).toBe(1);
    // 2 CONNECT, SUBSCRIBE, 5 PUBLISH, PUBREL, 2 PUBACK, 2 PINGREQ.
    expect(counters.packetsReceived).toBe(13);
    expect([counters.bytesReceived, counters.bytesSent]).toEqual([seen.sent, seen.taken]);
    expect([counters.connectionsAccepted, counters.connectionsRefused, counters.connectionsFailed]).toEqual([2, 0, 0]);
  });

  it.each<
    [
      name:
        | 'connectionsRefused'
        | 'connectionsFailed'
        | 'keepAliveTimeouts'
        | 'takeovers'
        | 'sessionsExpired'
        | 'unknownAcknowledgements',
      act: (client: RawClient, harness: ShardHarness) => unknown,
    ]
  >([
    [
      'connectionsRefused',
      (_, harness) => {
        harness.open(4);
        harness.clock.advance(11_000);
      },
    ],
    ['connectionsFailed', (client) => client.sendHex('f1 00')],
    ['keepAliveTimeouts', (_, harness) => harness.clock.advance(16_000)],
    ['takeovers', (_, harness) => harness.client(5, { clientId: 'c' })],
    [
      'sessionsExpired',
      (client, harness) => {
        client.destroy();
        harness.clock.advance(6000);
      },
    ],
    ['unknownAcknowledgements', (client) => client.send({ cmd: 'puback', messageId: 7 })],
  ])('counts %s, once', async (name, act) => {
    const harness = new ShardHarness();
    const options = { clientId: 'c', keepAliveSeconds: 10, clean: false, properties: { sessionExpiryInterval: 5 } };
    const client = await harness.client(5, options);
    expect(harness.shard.counters[name]).toBe(0);
    await act(client, harness);
    expect(harness.shard.counters[name]).toBe(1);
  });
});
