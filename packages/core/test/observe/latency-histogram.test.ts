import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/observe/latency-histogram.ts';

describe('LatencyHistogram', () => {
  it('has rising bounds and one count more', () => {
    const { boundsMs, counts, sumMs } = new LatencyHistogram().snapshot();
    expect([...boundsMs].sort((a, b) => a - b)).toEqual(boundsMs);
    expect(counts).toEqual(new Array(boundsMs.length + 1).fill(0));
    expect(sumMs).toBe(0);
  });

  it.each([
    ['what took no time', 0, 0],
    ['what took as long as the first bound', 1, 0],
    ['what took a little longer', 1.001, 1],
    ['what took as long as the last bound', 10_000, 12],
    ['what took longer than any bound', 10_001, 13],
    ['a clock that stepped back', -5, 0],
  ])('puts %s into its bucket', (_, ms, bucket) => {
    const histogram = new LatencyHistogram();
    histogram.add(ms);
    const { counts, sumMs } = histogram.snapshot();
    expect(counts.indexOf(1)).toBe(bucket);
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(sumMs).toBe(Math.max(0, ms));
  });

  it('adds what was counted at once to the first bucket', () => {
    const histogram = new LatencyHistogram();
    histogram.atOnce += 3;
    histogram.add(0.5);
    expect(histogram.snapshot().counts[0]).toBe(4);
    expect(histogram.snapshot().sumMs).toBe(0.5);
  });

  it('gives copies', () => {
    const histogram = new LatencyHistogram();
    const before = histogram.snapshot();
    histogram.add(0);
    expect(before.counts[0]).toBe(0);
  });
});
