import { describe, expect, it } from 'vitest';
import { FourShards, payloadsOf } from './four-shards.ts';

describe('retained messages of several shards', () => {
  it('reach who subscribes on any of them', async () => {
    const broker = new FourShards();
    const publisher = await broker.clientAt(1, 'publisher');
    publisher.publish('a/b', 'kept', { qos: 1, retain: true });
    await publisher.ping();
    for (const shardId of [0, 1, 2, 3]) {
      const late = await broker.clientAt(shardId, `late-${shardId}`);
      await late.subscribe('a/+');
      expect(await payloadsOf(late)).toEqual(['kept']);
    }
  });

  it('of two clients at once end the same on every shard', async () => {
    const broker = new FourShards();
    const clients = await Promise.all([0, 1, 2, 3].map((shardId) => broker.clientAt(shardId, `c-${shardId}`)));
    for (let round = 0; round < 20; round++) {
      // All in one turn: each shard hears of the others' when it has its own.
      for (const [i, client] of clients.entries()) {
        const payload = (round + i) % 3 === 0 ? '' : `${round} of ${i}`;
        client.publish('t', payload, { retain: true });
      }
      broker.settle();
      const kept = broker.shards.map(({ retained }) => retained.get('t')?.frame.toString('latin1'));
      expect(new Set(kept).size).toBe(1);
    }
  });

  it('deleted on one shard do not come back by what was on its way', async () => {
    const broker = new FourShards();
    const [setter, eraser] = [await broker.clientAt(0, 'setter'), await broker.clientAt(1, 'eraser')];
    setter.publish('t', 'first', { retain: true });
    broker.settle();
    // The eraser's shard has the later time: it has seen the first and counts on.
    eraser.publish('t', 'second', { retain: true });
    eraser.publish('t', '', { retain: true });
    setter.publish('t', 'earlier', { retain: true });
    broker.settle();
    expect(broker.shards.map(({ retained }) => retained.size)).toEqual([0, 0, 0, 0]);
  });

  it('know their publisher for No Local [MQTT-3.8.3-3], and expire on every shard [MQTT-3.3.2-5]', async () => {
    const broker = new FourShards();
    const publisher = await broker.clientAt(2, 'publisher', 5, true);
    publisher.publish('t', 'own', { retain: true, properties: { messageExpiryInterval: 10 } });
    await publisher.ping();
    const other = await broker.clientAt(3, 'other');
    await publisher.subscribe([{ topic: 't', qos: 0, nl: true }]);
    await other.subscribe([{ topic: 't', qos: 0, nl: true }]);
    expect([await payloadsOf(publisher), await payloadsOf(other)]).toEqual([[], ['own']]);
    broker.clock.advance(11_000);
    expect(broker.shards.map(({ retained }) => retained.size)).toEqual([0, 0, 0, 0]);
  });

  it('above the limit go on every shard', async () => {
    const broker = new FourShards({ maxRetainedMessages: 1 });
    const [one, two] = [await broker.clientAt(0, 'one'), await broker.clientAt(1, 'two')];
    one.publish('a', 'kept', { retain: true });
    await one.ping();
    two.publish('b', 'too many', { retain: true });
    await two.ping();
    broker.settle();
    expect(broker.shards.map(({ retained }) => [retained.size, retained.get('b')])).toEqual(
      Array(4).fill([1, undefined]),
    );
  });
});
