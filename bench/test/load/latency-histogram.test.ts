import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/load/latency-histogram.ts';

function histogramOf(...micros: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const each of micros) histogram.record(each);
  return histogram;
}

describe('LatencyHistogram', () => {
  it('has no quantile before anything was recorded', () => {
    expect(histogramOf().quantile(0.5)).toBeNaN();
  });

  it.each([
    ['the median of one value is the value', [7], 0.5, 7],
    ['values below 64 µs are exact', [59, 60, 61, 62, 63], 0.5, 61],
    ['quantile 0 is the smallest', [3, 9], 0, 3],
    ['quantile 1 is the largest', [3, 9], 1, 9],
    ['half of two is the first', [3, 9], 0.5, 3],
    ['99 of 100 alike', [...Array.from({ length: 99 }, () => 5), 12], 0.99, 5],
    ['the one of 100', [...Array.from({ length: 99 }, () => 5), 12], 0.995, 12],
    ['a power of two begins a bucket', [1024], 1, 1024],
    ['the largest 32-bit value is in range', [0xffffffff], 1, 127 * 2 ** 25],
    ['0.25 and 0.255 ms are apart', [250, 255], 0.5, 250],
  ] as const)('%s', (_, micros, quantile, expected) => {
    expect(histogramOf(...micros).quantile(quantile)).toBe(expected);
  });

  it('reports any value at most one sixty-fourth too low, never too high', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (micros) => {
        const reported = histogramOf(micros).quantile(1);
        expect(reported).toBeLessThanOrEqual(micros);
        expect(reported).toBeGreaterThanOrEqual(micros * (63 / 64));
      }),
    );
  });
});
