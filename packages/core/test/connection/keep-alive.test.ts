import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

type Opened = ReturnType<ShardHarness['open']>;

/** Longer than the broker may take to notice that a time has passed. */
const SLACK_MS = 500;

/** Proves that the connection lives on for `ms`, less the slack, and then ends. */
async function expectEndAfter(harness: ShardHarness, { client, transport }: Opened, ms: number): Promise<void> {
  harness.clock.advance(ms - SLACK_MS);
  expect(transport.state).toBe('open');
  harness.clock.advance(2 * SLACK_MS);
  expect(transport.state).toBe('ending');
  await client.expectClosed();
}

describe.each(VERSIONS)('keep alive, MQTT %s', (_, version) => {
  it('[MQTT-3.1.2-22] silence for one and a half times of it ends the connection, as a failure', async () => {
    const harness = new ShardHarness();
    const witness = await harness.client(version);
    await witness.subscribe('w');
    const opened = harness.open(version);
    const { client } = opened;
    const will = { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false } as const;
    await client.connect({ clientId: 'a', keepAliveSeconds: 10, will });
    await expectEndAfter(harness, opened, 15_000);
    const sent = client.received.slice(1).map((packet) => [packet.cmd, 'reasonCode' in packet && packet.reasonCode]);
    expect(sent).toEqual(version === 5 ? [['disconnect', 0x8d]] : []);
    expect((await witness.next('publish')).payload.toString()).toBe('bye');
    expect([harness.shard.counters.keepAliveTimeouts, harness.shard.sessions.onlineCount]).toEqual([1, 1]);
  });

  it.each([
    ['PINGREQ', 'c0 00'],
    ['PUBLISH', version === 5 ? '30 05 00 01 77 00 78' : '30 04 00 01 77 78'],
    ['PUBACK of nothing', '40 02 00 09'],
    ['UNSUBSCRIBE', version === 5 ? 'a2 06 00 01 00 00 01 77' : 'a2 05 00 01 00 01 77'],
  ])('%s begins it anew', async (_, hex) => {
    const harness = new ShardHarness();
    const opened = harness.open(version);
    const { client } = opened;
    await client.connect({ clientId: 'a', keepAliveSeconds: 10 });
    for (let i = 0; i < 5; i++) {
      harness.clock.advance(14_000);
      client.sendHex(hex);
    }
    await expectEndAfter(harness, opened, 15_000);
  });

  it('[MQTT-3.1.2-22] bytes of a packet that is not whole do not begin it anew, only its end does', async () => {
    const harness = new ShardHarness();
    const opened = harness.open(version);
    const { client } = opened;
    await client.connect({ clientId: 'a', keepAliveSeconds: 10 });
    client.sendHex('30 7f 00 01 77'); // 124 bytes are missing
    harness.clock.advance(14_000);
    client.sendHex('00'.repeat(124));
    for (let i = 0; i < 13; i++) {
      harness.clock.advance(1000);
      client.sendHex(i === 0 ? '30 7f 00 01 77' : '00');
    }
    await expectEndAfter(harness, opened, 2000);
    expect(harness.shard.counters.keepAliveTimeouts).toBe(1);
  });

  it('what is sent to the client does not begin it anew', async () => {
    const harness = new ShardHarness();
    const opened = harness.open(version);
    const { client } = opened;
    await client.connect({ clientId: 'a', keepAliveSeconds: 10 });
    await client.subscribe('t');
    const publisher = await harness.client(version);
    harness.clock.advance(14_000);
    publisher.publish('t', 'x');
    expect(client.takeNow('publish')?.payload.toString()).toBe('x');
    await expectEndAfter(harness, opened, 1000);
  });

  it('0 switches it off', async () => {
    const harness = new ShardHarness();
    const client = await harness.client(version, { keepAliveSeconds: 0 });
    harness.clock.advance(100_000_000);
    await client.ping();
    expect(harness.shard.wheel.size).toBe(0);
  });

  it('the longest lasts 27 hours', async () => {
    const harness = new ShardHarness();
    const opened = harness.open(version);
    const { client } = opened;
    await client.connect({ clientId: 'a', keepAliveSeconds: 65_535 });
    await expectEndAfter(harness, opened, 98_302_500);
  });

  it('does not run out while the broker holds the input for an answer', async () => {
    let answer: (code: number) => void = () => {};
    const harness = new ShardHarness(
      {},
      {
        access: {
          authenticate: () => 0,
          checksPublish: false,
          publish: () => 0,
          subscribe: () => new Promise<number>((resolve) => (answer = resolve)),
        },
      },
    );
    const opened = harness.open(version);
    const { client } = opened;
    await client.connect({ clientId: 'a', keepAliveSeconds: 10 });
    const granted = client.subscribe('t');
    harness.clock.advance(50_000);
    expect(opened.transport.state).toBe('open');
    answer(0);
    await granted;
    await expectEndAfter(harness, opened, 15_000);
  });

  it('lasts as long as the multiplier of the options says', async () => {
    const harness = new ShardHarness({ keepAliveMultiplier: 3 });
    const opened = harness.open(version);
    const { client } = opened;
    await client.connect({ clientId: 'a', keepAliveSeconds: 10 });
    await expectEndAfter(harness, opened, 30_000);
  });
});

describe('the keep alive of the server', () => {
  it.each([
    ['holds where the client asks for more', 60, 30, 45_000],
    ['holds where the client asks for none', 0, 30, 45_000],
    ['[MQTT-3.2.2-22] does not where the client asks for less, which was told nothing', 10, 30, 15_000],
    ['[MQTT-3.2.2-22] does not exist: that of the client holds', 10, 0, 15_000],
  ])('%s', async (_, keepAliveSeconds, serverKeepAliveSeconds, ms) => {
    const harness = new ShardHarness({ serverKeepAliveSeconds });
    const opened = harness.open(5);
    const { client } = opened;
    const { properties } = await client.connect({ clientId: 'a', keepAliveSeconds });
    expect(properties?.serverKeepAlive).toBe(ms === 15_000 ? undefined : 30);
    await expectEndAfter(harness, opened, ms);
  });

  it('[v3.1.1 MQTT-3.1.2-24] is not for clients of 3.1.1, who cannot be told: their own holds', async () => {
    const harness = new ShardHarness({ serverKeepAliveSeconds: 10 });
    const opened = harness.open(4);
    const { client } = opened;
    await client.connect({ clientId: 'a', keepAliveSeconds: 60 });
    await expectEndAfter(harness, opened, 90_000);
  });
});
