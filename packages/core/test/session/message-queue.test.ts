import { DropReason } from '@nanomq-ts/core';
import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageQueue } from '../../src/session/message-queue.ts';

it('gives back what it was given, oldest first, however it grows', () => {
  const pushes = fc.array(fc.oneof(fc.integer({ min: -0x80000000, max: 0x7fffffff }), fc.constant('shift')), {
    maxLength: 400,
  });
  fc.assert(
    fc.property(pushes, (steps) => {
      const queue = new MessageQueue();
      const model: [number, number][] = [];
      steps.forEach((step, sequence) => {
        if (typeof step === 'number') {
          queue.push(step, sequence);
          model.push([step, sequence]);
        } else if (model.length > 0) {
          expect([queue.firstItem, queue.firstSequence]).toEqual(model.shift());
          queue.shift();
        }
        expect(queue.length).toBe(model.length);
      });
      for (const entry of model) {
        expect([queue.firstItem, queue.firstSequence]).toEqual(entry);
        queue.shift();
      }
      expect(queue.length).toBe(0);
    }),
  );
});

/** A session that is away and whose queue takes little, with a publisher. */
async function full(options: { queueLimitMessages?: number; queueLimitBytes?: number }) {
  const harness = new ShardHarness(options, ONE_SHARD);
  const properties = { sessionExpiryInterval: 3600 };
  const subscriber = await harness.client(5, { clientId: 's', clean: false, properties });
  await subscriber.subscribe('a', 2);
  subscriber.destroy();
  const publisher = await harness.client(5);
  const publish = async (payload: string, messageExpiryInterval?: number) => {
    publisher.publish('a', payload, {
      qos: 1,
      ...(messageExpiryInterval && { properties: { messageExpiryInterval } }),
    });
    return (await publisher.next('puback')).reasonCode ?? 0;
  };
  const payloads = async () => {
    const again = await harness.client(5, { clientId: 's', clean: false, properties });
    await again.ping();
    return again.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.payload.toString()] : []));
  };
  return { harness, publish, payloads };
}

describe('a full message queue', () => {
  it('drops the new message, counts it and lets a 5.0 publisher know', async () => {
    const { harness, publish, payloads } = await full({ queueLimitMessages: 3 });
    const reasons = [];
    for (let i = 0; i < 5; i++) reasons.push(await publish(`${i}`));
    expect(reasons).toEqual([0, 0, 0, 0x97, 0x97]);
    expect(harness.shard.counters.dropped[DropReason.QueueFull]).toBe(2);
    expect(harness.shard.messages.size).toBe(3);
    expect(await payloads()).toEqual(['0', '1', '2']);
    expect(harness.shard.messages.size).toBe(0);
  });

  it('is full by bytes too', async () => {
    const bytes = 2 + 3 + 2 + 1 + 100;
    const { harness, publish, payloads } = await full({ queueLimitBytes: 3 * bytes });
    const reasons = [];
    for (const length of [100, 100, 101, 100, 0]) reasons.push(await publish('x'.repeat(length)));
    expect(reasons).toEqual([0, 0, 0x97, 0, 0x97]);
    expect(harness.shard.counters.dropped[DropReason.QueueFull]).toBe(2);
    expect((await payloads()).map((text) => text.length)).toEqual([100, 100, 100]);
    expect(harness.shard.sessions.find('s')?.queue?.bytes).toBe(0);
  });

  it('knows no limit of bytes where it is 0', async () => {
    const { harness, publish } = await full({ queueLimitBytes: 0 });
    for (let i = 0; i < 20; i++) expect(await publish('x'.repeat(100_000))).toBe(0);
    expect(harness.shard.counters.droppedTotal).toBe(0);
  });

  it('makes room by what has expired at its head [MQTT-3.3.2-5]', async () => {
    const { harness, publish, payloads } = await full({ queueLimitMessages: 3 });
    for (const [payload, seconds] of [
      ['expires', 1],
      ['expires too', 2],
      ['stays', 100],
    ] as const)
      await publish(payload, seconds);
    harness.clock.advance(1000);
    expect([await publish('new'), await publish('too many')]).toEqual([0, 0x97]);
    harness.clock.advance(1000);
    expect([await publish('newer'), await publish('too many')]).toEqual([0, 0x97]);
    expect(await payloads()).toEqual(['stays', 'new', 'newer']);
    expect(harness.shard.counters.dropped[DropReason.Expired]).toBe(2);
    expect(harness.shard.counters.dropped[DropReason.QueueFull]).toBe(2);
  });

  it('of one receiver is no refusal while another takes the message', async () => {
    const { harness, publish } = await full({ queueLimitMessages: 1 });
    const other = await harness.client(4);
    await other.subscribe('a', 1);
    expect([await publish('1'), await publish('2')]).toEqual([0, 0]);
    expect(harness.shard.counters.dropped[DropReason.QueueFull]).toBe(1);
    await other.ping();
    expect(other.received.filter(({ cmd }) => cmd === 'publish')).toHaveLength(2);
  });

  it('acknowledges a 3.1.1 publisher all the same: it can be told nothing else', async () => {
    const { harness, publish } = await full({ queueLimitMessages: 1 });
    await publish('1');
    const publisher = await harness.client(4);
    publisher.publish('a', '2', { qos: 1 });
    await publisher.next('puback');
    expect(harness.shard.counters.dropped[DropReason.QueueFull]).toBe(1);
  });
});
