import type { ShardOptions } from '@nanomq-ts/core';
import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const PAYLOAD = 'x'.repeat(40);
/** PUBLISH of `t` with the payload, QoS 0, MQTT 3.1.1. */
const FRAME_BYTES = 2 + 3 + PAYLOAD.length;

/** A publisher under these limits and a subscriber that is served whatever happens. */
async function pair(options: Partial<ShardOptions>) {
  const harness = new ShardHarness(options);
  const receiver = await harness.client(4);
  await receiver.subscribe('t');
  const { client: publisher, transport } = harness.open(4);
  await publisher.connect({ clientId: 'p', keepAliveSeconds: 10 });
  harness.clock.advance(5000); // CONNECT is paid for
  publisher.publish('t', PAYLOAD);
  const came = () => {
    let count = 0;
    while (receiver.takeNow('publish') !== undefined) count++;
    return count;
  };
  expect(came()).toBe(1);
  harness.clock.advance(5000);
  return { harness, publisher, transport, came };
}

/** Delivers what waits in a memory transport after `resume`. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe.each([
  ['messages', { maxMessagesPerSecond: 10 }],
  ['bytes', { maxBytesPerSecond: 10 * FRAME_BYTES }],
] as const)('a client above its rate of %s', (_, options) => {
  it('has a second of it free, is then read no faster than it, and loses nothing', async () => {
    const { harness, publisher, transport, came } = await pair(options);
    for (let i = 0; i < 40; i++) publisher.publish('t', PAYLOAD);
    expect([came(), transport.isPaused]).toEqual([11, true]); // the one that makes it a debt is taken
    let total = 11;
    for (let second = 1; second <= 2; second++) {
      for (let tick = 0; tick < 4; tick++) {
        harness.clock.advance(250);
        await settled();
        total += came();
      }
      expect([second, total >= 10 + 10 * second - 3, total <= 11 + 10 * second]).toEqual([second, true, true]);
    }
    for (let i = 0; i < 8; i++) {
      harness.clock.advance(250);
      await settled();
      total += came();
    }
    expect([total, transport.isPaused, harness.shard.counters.droppedTotal]).toEqual([40, false, 0]);
    expect(harness.shard.counters.ratePauses).toBeGreaterThan(0);
  });

  it('pays for a whole chunk, however much is in it, and is not taken for dead meanwhile', async () => {
    const { harness, publisher, transport, came } = await pair(options);
    const frame = Buffer.concat([Buffer.from([0x30, 3 + PAYLOAD.length, 0, 1, 0x74]), Buffer.from(PAYLOAD)]);
    publisher.link.send(Buffer.concat(Array.from({ length: 410 }, () => frame)));
    expect(came()).toBe(410);
    harness.clock.advance(39_000); // keep alive is 10 s
    expect([transport.isPaused, transport.state]).toEqual([true, 'open']);
    harness.clock.advance(1500);
    expect([transport.isPaused, transport.state]).toEqual([false, 'open']);
    harness.clock.advance(14_000);
    expect(transport.state).toBe('open');
    harness.clock.advance(2000);
    expect(transport.state).not.toBe('open');
  });

  it('leaves no timer behind when it goes, and slows nobody else', async () => {
    const { harness, publisher, transport } = await pair(options);
    for (let i = 0; i < 12; i++) publisher.publish('t', PAYLOAD);
    expect(transport.isPaused).toBe(true);
    const other = await harness.client(4);
    other.publish('t', PAYLOAD);
    await other.ping();
    transport.resetByPeer();
    expect(harness.shard.wheel.size).toBe(0);
  });
});

describe('a client within its rate', () => {
  it('is never paused', async () => {
    const { harness, publisher, transport, came } = await pair({ maxMessagesPerSecond: 10, maxBytesPerSecond: 1000 });
    for (let i = 0; i < 100; i++) {
      harness.clock.advance(100);
      publisher.publish('t', PAYLOAD);
      expect(transport.isPaused).toBe(false);
    }
    expect([came(), harness.shard.counters.ratePauses]).toEqual([100, 0]);
  });

  it('has no limiter at all where no rate is limited', async () => {
    const { harness } = await pair({});
    expect(harness.shard.sessions.find('p')?.connection?.rate).toBeNull();
  });
});

it('an answer of the Access port during the pause does not end the pause, nor the pause the wait', async () => {
  let answer: (code: number) => void = () => {};
  const harness = new ShardHarness(
    { maxMessagesPerSecond: 1 },
    {
      access: {
        authenticate: () => 0,
        checksPublish: false,
        publish: () => 0,
        subscribe: () => new Promise<number>((resolve) => (answer = resolve)),
      },
    },
  );
  const { client, transport } = harness.open(4);
  await client.connect({ clientId: 'p' });
  const publishes = '30 03 00 01 74 '.repeat(4);
  client.sendHex(`${publishes} 82 06 00 01 00 01 74 00`);
  expect(transport.isPaused).toBe(true);
  answer(0);
  await settled();
  expect((await client.next('suback')).granted).toEqual([0]);
  expect(transport.isPaused).toBe(true);
  client.sendHex('82 06 00 02 00 01 75 00');
  harness.clock.advance(4000); // the pause is over: SUBSCRIBE is read and waits
  await settled();
  expect(transport.isPaused).toBe(true);
  answer(0);
  expect((await client.next('suback')).messageId).toBe(2);
  expect(transport.isPaused).toBe(false);
});
