import { RandomSource } from '@nanomq-ts/testkit';
import { it } from 'vitest';
import { FuzzRound } from './fuzz-round.ts';
import { FuzzedShard, SHARD_KINDS } from './fuzzed-shard.ts';
it.each(SHARD_KINDS)('%s', async (kind) => {
  const random = new RandomSource(5);
  const shard = new FuzzedShard(kind, random);
  await new FuzzRound(shard, random).run(20000);
  console.log(kind, shard.harness.shard.counters, shard.harness.shard.retained.size);
});
