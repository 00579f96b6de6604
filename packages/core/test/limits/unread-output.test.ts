import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

/** 1,000 PINGREQ; their answers have as many bytes. */
const PINGS = Buffer.alloc(2000, 'c000', 'hex');
const PAUSED_BYTES = 20_000;

/** A client that reads nothing more, of a broker that lets 10,000 bytes wait. */
async function deafClient(keepAliveSeconds = 0) {
  // On the way over another shard as much waits as in a socket, and is not counted.
  const limits = { maxOutBufferBytes: PAUSED_BYTES / 2, maxPacketBytes: 10 * PAUSED_BYTES };
  const harness = new ShardHarness(limits, ONE_SHARD);
  const { client, transport } = harness.open(5);
  await client.connect({ clientId: 'deaf', keepAliveSeconds });
  transport.congest();
  const send = (times: number) => {
    for (let i = 0; i < times; i++) {
      transport.send(PINGS);
      harness.settle();
    }
  };
  return { harness, client, transport, send };
}

/** Delivers what waits in a memory transport after `resume`. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a client that sends without reading its answers', () => {
  it('is read no further when twice the limit waits, and served in full once it reads', async () => {
    const { harness, client, transport, send } = await deafClient();
    send(5);
    expect(transport.isPaused).toBe(false);
    send(45);
    expect(transport.isPaused).toBe(true);
    expect(transport.pendingBytes).toBeLessThan(PAUSED_BYTES + PINGS.length);
    expect(harness.shard.counters.unreadPauses).toBe(1);
    transport.relieve();
    for (let i = 0; i < 10; i++) {
      harness.clock.advance(250);
      await settled();
    }
    await client.ping();
    expect(client.received.filter(({ cmd }) => cmd === 'pingresp')).toHaveLength(50_001);
    expect(transport.isPaused).toBe(false);
  });

  it('is read again with the tick after it took everything, whatever is collected for it at that moment', async () => {
    const { harness, client, transport, send } = await deafClient();
    transport.relieve();
    await client.subscribe('a', 1);
    transport.congest();
    send(20);
    const publisher = await harness.client(4);
    for (let i = 0; i < 3; i++) publisher.publish('a', Buffer.alloc(PAUSED_BYTES / 4), { qos: 1, messageId: i + 1 });
    await publisher.ping();
    expect(transport.isPaused).toBe(true);
    // In the turn that hands out the messages, before it ends.
    transport.relieve();
    harness.clock.advance(250);
    expect(transport.isPaused).toBe(false);
  });

  it('is no reason to wait for others', async () => {
    const { harness, send } = await deafClient();
    send(20);
    const other = await harness.client(4);
    await other.subscribe('a');
    other.publish('a', 'x');
    expect((await other.next('publish')).topic).toBe('a');
  });

  it('is not one that has yet to take a message larger than all that, and goes on to say that it lives', async () => {
    const { harness, client, transport, send } = await deafClient(10);
    transport.relieve();
    await client.subscribe('a');
    transport.congest();
    const publisher = await harness.client(4);
    publisher.publish('a', Buffer.alloc(5 * PAUSED_BYTES));
    await publisher.ping();
    for (let i = 0; i < 10; i++) {
      send(1);
      harness.clock.advance(9000);
    }
    expect([transport.isPaused, harness.shard.sessions.find('deaf')?.connection === null]).toEqual([false, false]);
  });

  it('runs out of its keep alive, as it takes no bytes either', async () => {
    const { harness, client, send } = await deafClient(10);
    send(20);
    harness.clock.advance(10_000);
    expect(harness.shard.sessions.onlineCount).toBe(1);
    harness.clock.advance(5500);
    expect(harness.shard.sessions.onlineCount).toBe(0);
    expect(harness.shard.counters.keepAliveTimeouts).toBe(1);
    client.destroy();
  });
});
