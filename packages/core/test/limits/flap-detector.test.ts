import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it, vi } from 'vitest';
import { FlapDetector } from '../../src/limits/flap-detector.ts';

const OPTIONS = { flappingDisconnects: 3, flappingWindowMs: 10_000, flappingBanMs: 60_000 };

describe('FlapDetector', () => {
  it('counts within a window that begins with the first disconnection', () => {
    const detector = new FlapDetector();
    const at = (ms: number) => detector.disconnected('a', ms, 3, 100);
    expect([at(0), at(99), at(100), at(150), at(199)]).toEqual([false, false, false, false, true]);
    expect(detector.size).toBe(0);
  });

  it('remembers no more than ten thousand clients, the latest', () => {
    const detector = new FlapDetector();
    for (let i = 0; i < 12_000; i++) detector.disconnected(`c${i}`, i, 2, 1_000_000);
    expect(detector.size).toBe(10_000);
    expect(detector.disconnected('c11999', 12_000, 2, 1_000_000)).toBe(true);
    expect(detector.disconnected('c0', 12_000, 2, 1_000_000)).toBe(false);
  });
});

describe('a client identifier that comes and goes', () => {
  it.each([
    [4, 5],
    [5, 0x8a],
  ] as const)('is banned for a while with the third time, MQTT version %i', async (version, code) => {
    const harness = new ShardHarness(OPTIONS, ONE_SHARD);
    const connect = async (clientId: string) => {
      const { client } = harness.open(version);
      const { returnCode, reasonCode } = await client.connect({ clientId });
      if ((reasonCode ?? returnCode) !== 0) await client.expectClosed();
      else client.destroy();
      return reasonCode ?? returnCode;
    };
    expect([await connect('a'), await connect('a'), await connect('a'), await connect('a')]).toEqual([0, 0, 0, code]);
    expect(await connect('b')).toBe(0);
    expect(harness.shard.counters.flappingBans).toBe(1);
    expect(harness.logged.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { clientId: 'a' } }]);
    harness.clock.advance(59_000);
    expect(await connect('a')).toBe(code);
    harness.clock.advance(2000);
    expect(await connect('a')).toBe(0);
  });

  it('is disconnected when it is on, and costs no look at the other sessions', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const [met, other] = [await harness.client(5, { clientId: 'met' }), await harness.client(5)];
    vi.spyOn(harness.shard.sessions, 'values').mockImplementation(() => {
      throw new Error('every session was looked at');
    });
    harness.shard.guard.ban({ by: 'client_id', value: 'met', untilMs: Infinity, reason: 'test' });
    harness.shard.guard.ban({ by: 'client_id', value: 'nobody', untilMs: Infinity, reason: 'test' });
    expect(await met.next('disconnect')).toMatchObject({ reasonCode: 0x98 });
    await other.ping();
  });

  it('is left alone where it is slower, or where nothing is looked for', async () => {
    for (const options of [OPTIONS, { flappingDisconnects: 0 }]) {
      const harness = new ShardHarness(options, ONE_SHARD);
      for (let i = 0; i < 9; i++) {
        (await harness.client(4, { clientId: 'a' })).destroy();
        harness.clock.advance('flappingWindowMs' in options ? 5000 : 1);
      }
      expect([harness.shard.counters.connectionsAccepted, harness.shard.counters.flappingBans]).toEqual([9, 0]);
    }
  });
});
