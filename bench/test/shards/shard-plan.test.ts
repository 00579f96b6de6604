import { describe, expect, it } from 'vitest';
import { shardPlan } from '../../src/shards/shard-plan.ts';

describe('shardPlan', () => {
  it.each([
    [1, [1, 2, 4], '0-0', [0], false],
    [2, [1, 2, 4], '0-1', [1], false],
    [3, [1, 2, 4], '0-2', [2], false],
    [4, [1, 2, 4], '0-1', [2, 3], true],
    [9, [1, 2, 4], '0-4', [5, 6, 7, 8], true],
    [16, [1, 2, 4, 8], '0-7', [8, 9, 10, 11, 12, 13, 14, 15], true],
  ])('%d cores', (cores, counts, brokerCores, loadCores, hasSpareCores) => {
    expect(shardPlan(cores)).toMatchObject({ counts, brokerCores, loadCores, hasSpareCores });
  });
});
