import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Baseline, readBaseline, updatedBaseline, verdictOn, writeBaseline } from '../src/baseline.ts';
import { SCENARIOS } from '../src/scenarios.ts';

const BASELINE: Baseline = {
  scenarios: { 'pair-q0': { rate: { ratio: 20, tolerance: 0.4 }, cpu: { ratio: 0.6, tolerance: 0.4 } } },
};

describe('verdictOn', () => {
  it.each([
    ['the same ratio', 'rate', 20, 'held'],
    ['a better ratio', 'rate', 30, 'held'],
    ['a rate at its limit', 'rate', 12, 'held'],
    ['a rate below its limit', 'rate', 11.9, 'worse'],
    ['a lower CPU ratio is better', 'cpu', 0.1, 'held'],
    ['a CPU ratio at its limit', 'cpu', 1, 'held'],
    ['a CPU ratio above its limit', 'cpu', 1.01, 'worse'],
    ['what could not be measured', 'rate', Number.NaN, 'unknown'],
    ['what has no baseline', 'p99', 3, 'new'],
  ] as const)('%s', (_, metric, ratio, outcome) => {
    expect(verdictOn({ scenario: 'pair-q0', metric, ratio }, BASELINE).outcome).toBe(outcome);
  });
});

describe('updatedBaseline', () => {
  it('takes the new ratio and keeps the tolerance', () => {
    const before: Baseline = { scenarios: { 'pair-q0': { rate: { ratio: 20, tolerance: 0.1 } } } };
    const after = updatedBaseline(before, [{ scenario: 'pair-q0', metric: 'rate', ratio: 21.23456 }]);
    expect(after.scenarios['pair-q0']).toEqual({ rate: { ratio: 21.2, tolerance: 0.1 } });
  });

  it('gives a new entry a tolerance of 0.4 and leaves the others alone', () => {
    const after = updatedBaseline(BASELINE, [{ scenario: 'idle', metric: 'bytes', ratio: 3 }]);
    expect(after.scenarios).toEqual({ ...BASELINE.scenarios, idle: { bytes: { ratio: 3, tolerance: 0.4 } } });
  });

  it('leaves out what could not be measured', () => {
    const measured = { scenario: 'idle', metric: 'bytes', ratio: Number.NaN } as const;
    expect(updatedBaseline(BASELINE, [measured])).toEqual(BASELINE);
  });
});

describe('the baseline file', () => {
  it('reads as it was written, an entry a line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
    const path = join(folder, 'baseline.json');
    writeBaseline(path, BASELINE);
    expect(readBaseline(path)).toEqual(BASELINE);
    expect(readFileSync(path, 'utf8')).toContain('"rate": { "ratio": 20, "tolerance": 0.4 },\n');
    rmSync(folder, { recursive: true });
  });

  it('names only scenarios and metrics that --ci measures', () => {
    const { scenarios } = readBaseline(new URL('../baseline.json', import.meta.url).pathname);
    for (const [name, metrics] of Object.entries(scenarios)) {
      const scenario = SCENARIOS.find((each) => each.name === name);
      expect(scenario?.isInCi, name).toBe(true);
      expect(scenario?.guarded).toEqual(expect.arrayContaining(Object.keys(metrics)));
    }
  });
});
