import type { ClientPacket } from '@nanomq-ts/codec';
import { describe, expect, it } from 'vitest';
import type { RemoteConnection } from '../../src/remote/remote-connection.ts';
import { Subscriber } from '../../src/remote/subscriber.ts';

const PROPERTIES = { identifier: 0, userProperties: [] };
const filters = Array.from({ length: 250 }, (_, i) => `filter/${i}`);

function subscriberAndSent() {
  const sent: ClientPacket[] = [];
  const remote = { send: (packet: ClientPacket) => void sent.push(packet) };
  return { subscriber: new Subscriber(remote as unknown as RemoteConnection), sent };
}

describe('Subscriber', () => {
  it('divides many filters over packets, and names those of all answers that were refused', async () => {
    const { subscriber, sent } = subscriberAndSent();
    const terms = { qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
    const order = subscriber.subscribe(
      filters.map((topicFilter) => ({ ...terms, topicFilter })),
      PROPERTIES,
    );
    const asked = sent.flatMap((packet) => (packet.type === 'subscribe' ? [packet] : []));
    expect(asked.map(({ subscriptions }) => subscriptions.length)).toEqual([100, 100, 50]);
    expect(asked.flatMap(({ subscriptions }) => subscriptions.map(({ topicFilter }) => topicFilter))).toEqual(filters);
    expect(new Set(asked.map(({ packetId }) => packetId)).size).toBe(3);
    for (const { packetId, subscriptions } of asked) {
      const reasonCodes = subscriptions.map(({ topicFilter }) => (topicFilter === 'filter/142' ? 0x87 : 1));
      subscriber.answered({ type: 'suback', packetId, reasonCodes });
    }
    await expect(order).rejects.toThrow('refused filter/142 (0x87)');
    expect(subscriber.isWaiting).toBe(false);
  });

  it('does so with those that it gives back', async () => {
    const { subscriber, sent } = subscriberAndSent();
    const order = subscriber.unsubscribe(filters, PROPERTIES);
    const asked = sent.flatMap((packet) => (packet.type === 'unsubscribe' ? [packet] : []));
    expect(asked.flatMap(({ topicFilters }) => topicFilters)).toEqual(filters);
    for (const { packetId } of asked) subscriber.answered({ type: 'unsuback', packetId, reasonCodes: [] });
    await order;
  });

  it('asks for nothing where there is nothing to ask for', async () => {
    const { subscriber, sent } = subscriberAndSent();
    await Promise.all([subscriber.subscribe([], PROPERTIES), subscriber.unsubscribe([], PROPERTIES)]);
    expect(sent).toEqual([]);
  });
});
