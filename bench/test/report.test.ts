import { describe, expect, it } from 'vitest';
import type { BrokerOutcome, ScenarioOutcome } from '../src/measure.ts';
import { figure, guardedRatios, headerText, ratioIn, scenarioText, verdictText } from '../src/report.ts';
import { SCENARIOS } from '../src/scenarios.ts';
import { summaryOf } from '../src/summary.ts';

function brokerOutcome(broker: BrokerOutcome['broker'], rates: readonly number[]): BrokerOutcome {
  return { broker, metrics: { rate: summaryOf(rates) }, faults: [], isLoadBound: false, results: [] };
}

function outcomeOf(...brokers: readonly BrokerOutcome[]): ScenarioOutcome {
  return { scenario: SCENARIOS.find(({ name }) => name === 'pair-q0')!, brokers };
}

const OURS = brokerOutcome('nanomq-ts', [2_000_000, 1_900_000, 2_100_000]);
const MOSQUITTO = brokerOutcome('mosquitto', [100_000]);

describe('figure', () => {
  it.each([
    [0, '0'],
    [0.012345, '0.0123'],
    [9999, '10000'],
    [12_345, '12.3k'],
    [1_234_567, '1.23M'],
    [-4, '-4'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
  ])('%d reads %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('ratios', () => {
  it('are ours to mosquitto, medians', () => {
    expect(ratioIn(outcomeOf(OURS, MOSQUITTO), 'rate')).toBe(20);
    expect(guardedRatios([outcomeOf(OURS, MOSQUITTO)])).toEqual([{ scenario: 'pair-q0', metric: 'rate', ratio: 20 }]);
  });

  it('are absent where one of the two was not measured', () => {
    expect(ratioIn(outcomeOf(OURS), 'rate')).toBeUndefined();
    expect(guardedRatios([outcomeOf(OURS), outcomeOf(MOSQUITTO)])).toEqual([]);
  });
});

describe('texts', () => {
  it('a scenario is a line a broker, ratios beside the figures but not for mosquitto itself', () => {
    expect(scenarioText(outcomeOf(OURS, MOSQUITTO)).split('\n')).toEqual([
      'pair-q0: 20 -> 20, QoS 0, 64 B',
      '  nanomq-ts    2M msg/s ±5% 20x',
      '  mosquitto    100k msg/s ±0%',
    ]);
  });

  it('faults and a busy load generator are said', () => {
    const text = scenarioText(outcomeOf({ ...OURS, faults: ['lost 3'], isLoadBound: true }));
    expect(text).toContain('the load generator was the limit');
    expect(text).toContain('FAULT: lost 3');
  });

  it('the head states machine, Node, commit, settings and versions', () => {
    const machine = {
      cpuModel: 'a CPU',
      cores: 2,
      memoryGiB: 4,
      system: 'linux x64',
      node: 'v20.19.0',
      commit: 'abc1234',
      isPinned: false,
    };
    const settings = { isCi: true, runs: 3, warmUpSeconds: 0.4, measureSeconds: 0.8 };
    const text = headerText({ machine, date: '', settings, brokers: [{ name: 'mosquitto', version: '2.0.11' }] });
    for (const part of [
      'a CPU',
      '2 cores',
      'v20.19.0',
      'abc1234',
      '3 alternating runs',
      'NOT pinned',
      'mosquitto 2.0.11',
    ])
      expect(text).toContain(part);
  });

  it.each([
    ['held', /held \(baseline 20x, limit 12x\)/],
    ['worse', /worse \(baseline 20x, limit 12x\)/],
    ['unknown', /unknown/],
    ['new', /no baseline yet/],
  ] as const)('a verdict: %s', (outcome, pattern) => {
    const baseline = { ratio: 20, tolerance: 0.4 };
    const verdict = { scenario: 'pair-q0', metric: 'rate', ratio: 14, outcome, baseline, limit: 12 } as const;
    expect(verdictText(verdict)).toMatch(pattern);
  });
});
