import { describe, expect, it } from 'vitest';
import { MemoryTransport } from '../../src/index.ts';
import { attacker, connectFrame, frame, text, victim } from './victim.ts';

describe('CVE-2026-58210: a CONNECT that drips in', () => {
  it('is bounded in time, from the connection on and not from its last byte', async () => {
    const at = await victim();
    const { client, transport } = at.harness.open(4);
    for (const byte of connectFrame(4).subarray(0, 11)) {
      client.link.send(Buffer.of(byte));
      at.harness.clock.advance(1000);
    }
    expect(transport.state).not.toBe('open');
    expect(client.received).toEqual([]);
    await at.expectUnharmed();
  });

  it('is bounded in bytes, as soon as it says how many', async () => {
    const at = await victim();
    const { client } = at.harness.open(5);
    client.link.send(frame(0x10, Buffer.alloc(64 * 1024)).subarray(0, 4));
    await client.expectClosed();
    const { client: within } = at.harness.open(5);
    within.link.send(frame(0x10, Buffer.alloc(60 * 1024)).subarray(0, 4));
    await at.expectUnharmed();
    expect(within.link.isClosed).toBe(false);
  });
});

it('CVE-2026-95845: what waits for a session that is away is bounded in bytes and in messages', async () => {
  for (const [options, messages] of [
    [{ queueLimitBytes: 10_000, maxInflightMessages: 1 }, 10],
    [{ queueLimitMessages: 7 }, 7],
  ] as const) {
    const at = await victim(options);
    const { client } = at.harness.open(5);
    const kept = { clientId: 'away', clean: false, properties: { sessionExpiryInterval: 1000 } };
    await client.connect(kept);
    await client.subscribe('t', 1);
    client.destroy();
    const flood = await attacker(at, 4);
    for (let i = 0; i < 200; i++) flood.publish('t', Buffer.alloc(1000), { qos: 1 });
    await flood.ping();
    const { messages: stored, counters } = at.harness.shard;
    expect(stored.size).toBeLessThanOrEqual(messages);
    expect(counters.dropped[3]).toBe(200 - stored.size);
    await at.expectUnharmed();
  }
});

describe('CVE-2020-13849: clients that hold their place and say nothing', () => {
  it('have no longer keep alive than the server grants', async () => {
    const at = await victim({ serverKeepAliveSeconds: 60 });
    for (const keepAliveSeconds of [0, 65_535]) {
      const { client, transport } = at.harness.open(5);
      await client.connect({ clientId: 'slow', keepAliveSeconds });
      at.harness.clock.advance(91_000);
      expect(transport.state).not.toBe('open');
    }
  });

  it('are no more than the limit from one address', async () => {
    const at = await victim({ maxConnectionsPerAddress: 10 });
    const transports = Array.from({ length: 50 }, () => {
      const transport = new MemoryTransport({ remoteAddress: '203.0.113.5' });
      transport.attach(at.harness.shard.accept(transport));
      return transport;
    });
    await Promise.resolve();
    expect(transports.filter(({ state }) => state === 'open')).toHaveLength(10);
    await at.expectUnharmed();
  });

  it('before CONNECT give way to those who come after them', async () => {
    const at = await victim({ maxHandshakes: 20 });
    for (let i = 0; i < 20; i++) at.harness.open(4);
    at.harness.clock.advance(1500);
    const { client } = at.harness.open(4);
    expect((await client.connect({ clientId: 'a' })).returnCode).toBe(0);
    await at.expectUnharmed();
  });

  it('are not kept alive by the bytes of a packet that never ends', async () => {
    const at = await victim();
    const { client, transport } = at.harness.open(4);
    await client.connect({ clientId: 'trickle', keepAliveSeconds: 10 });
    client.link.send(frame(0x30, text('t'), Buffer.alloc(100)).subarray(0, 4));
    for (let i = 0; i < 16; i++) {
      client.link.send(Buffer.alloc(1));
      at.harness.clock.advance(1000);
    }
    expect(transport.state).not.toBe('open');
  });
});
