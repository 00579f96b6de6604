import { describe, expect, it } from 'vitest';
import type { BrokerOutcome } from '../../src/measure.ts';
import type { PolledOutcome } from '../../src/polled/measure-polled.ts';
import { POLLED_LOADS } from '../../src/polled/polled-loads.ts';
import { polledHeaderText, polledText } from '../../src/polled/polled-report.ts';
import { summaryOf } from '../../src/summary.ts';

function windows(p99: readonly number[], rate: number): BrokerOutcome {
  const metrics = p99.length === 0 ? {} : { p99: summaryOf(p99), rate: summaryOf([rate]) };
  return { broker: 'nanomq-ts', metrics, faults: [], isLoadBound: false, results: [] };
}

const OUTCOME: PolledOutcome = {
  load: POLLED_LOADS[2]!,
  alone: windows([0.8, 1, 0.9], 400_000),
  polled: windows([0.99, 1.1, 0.95], 380_000),
  polls: { polls: 98, seconds: 10, good: 196, bad: 0, firstFault: '' },
  faults: [],
};

describe('a report on polling', () => {
  it('has p99 with its range, alone, polled and their ratio', () => {
    expect(polledText(OUTCOME).split('\n')).toEqual([
      'full: full speed, QoS 1, window 20',
      '  p99     alone 0.9 ms (0.8-1) | polled 0.99 ms (0.95-1.1) | 1.1x',
      '  msg/s   alone 400k | polled 380k | 0.95x',
      '  polls   9.8/s, 196 answers good, 0 bad',
    ]);
  });

  it('says what went wrong, and how little was asked', () => {
    const polls = { polls: 30, seconds: 10, good: 59, bad: 1, firstFault: 'x' };
    const text = polledText({ ...OUTCOME, polled: windows([], 0), polls, faults: ['lost 3', 'bad answers'] });
    expect(text).toContain('polled - | -x');
    expect(text).toContain('3/s, fewer than ten, 59 answers good, 1 bad\n  FAULT: lost 3\n  FAULT: bad answers');
  });

  it('notes a busy load generator', () => {
    expect(polledText({ ...OUTCOME, polled: { ...OUTCOME.polled, isLoadBound: true } })).toContain(
      '0.95x | the load generator was the limit',
    );
  });

  it.each([
    [10_000, false],
    [3596, true],
  ])('with %d idle clients: says that ulimit is too low: %s', (clients, says) => {
    const machine = {
      cpuModel: 'a CPU',
      cores: 2,
      memoryGiB: 4,
      system: 'linux x64',
      node: 'v20.19.0',
      commit: 'abc1234',
      isPinned: true,
    };
    const settings = { runs: 7, warmUpSeconds: 1, measureSeconds: 3, apiWarmUpSeconds: 60 };
    const text = polledHeaderText({ machine, date: '', settings, clients });
    expect(text).toContain(`7 windows of 3 s alone, as many polled ten times a second`);
    expect(text).toContain(`60 s of polls before; ${clients} idle clients`);
    expect(text.includes('ulimit -n leaves no room')).toBe(says);
  });
});
