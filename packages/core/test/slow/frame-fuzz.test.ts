import { RandomSource } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { keptBy, NOTHING_KEPT } from '../model/kept-by.ts';
import { FuzzRound } from './fuzz-round.ts';
import { FuzzedShard, SHARD_KINDS } from './fuzzed-shard.ts';
import { usedBytes } from './used-bytes.ts';

const IS_SHORT = process.env.NANOMQ_SLOW_SHORT === '1';
/** Frames in all, over the kinds of shard. */
const FRAMES = IS_SHORT ? 120_000 : 5_000_000;
const FRAMES_PER_ROUND = 4000;
/** Set NANOMQ_FUZZ_SEED to repeat a run. */
const SEED = Number(process.env.NANOMQ_FUZZ_SEED ?? Date.now() % 1_000_000_007);
/** Caches may still fill after the first part of a run; growth by frame would be far above. */
const GROWTH_LIMIT_BYTES = 8 * 1024 * 1024;

/** Connected before a round of fuzzing, used after it: the others' frames are no business of theirs. */
async function healthyPair({ harness }: FuzzedShard): Promise<() => Promise<void>> {
  const subscriber = await harness.client(5, { clientId: 'healthy subscriber' });
  const publisher = await harness.client(4, { clientId: 'healthy publisher' });
  await subscriber.subscribe('healthy/+', 2);
  return async () => {
    for (const qos of [0, 1, 2] as const) publisher.publish('healthy/topic', `QoS ${qos}`, { qos });
    for (const qos of [0, 1, 2]) {
      expect((await subscriber.next('publish')).payload.toString()).toBe(`QoS ${qos}`);
    }
    await publisher.ping();
    await subscriber.ping();
    subscriber.destroy();
    publisher.destroy();
    await Promise.resolve();
  };
}

describe.each(SHARD_KINDS)('mutated frames, %s', (kind) => {
  it(`leave nothing behind and disturb nobody, ${FRAMES} of them in all, seed ${SEED}`, async () => {
    const random = new RandomSource(SEED);
    const shard = new FuzzedShard(kind, random);
    const frames = FRAMES / SHARD_KINDS.length;
    let baseBytes = 0;
    const round = new FuzzRound(shard, random);
    for (let sent = 0; sent < frames; sent += FRAMES_PER_ROUND) {
      const expectHealthy = kind === 'plain' ? await healthyPair(shard) : null;
      await round.run(FRAMES_PER_ROUND);
      await expectHealthy?.();
      expect(keptBy(shard.harness.shard)).toEqual(NOTHING_KEPT);
      if (baseBytes === 0 && sent >= frames / 4) baseBytes = usedBytes();
    }
    expect(usedBytes() - baseBytes).toBeLessThan(GROWTH_LIMIT_BYTES);
  });
});
