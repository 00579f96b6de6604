import { describe, expect, it } from 'vitest';
import { type BenchOptions, parseBenchOptions } from '../src/bench-options.ts';
import { SCENARIOS } from '../src/scenarios.ts';

function optionsOf(...args: readonly string[]): BenchOptions {
  const options = parseBenchOptions(args);
  if (typeof options === 'string') throw new Error('only a text');
  return options;
}

describe('parseBenchOptions', () => {
  it('measures everything by default', () => {
    const options = optionsOf();
    expect(options.scenarios).toEqual(SCENARIOS);
    expect(options.brokers).toEqual(['nanomq-ts', 'mosquitto', 'aedes']);
  });

  it('--ci takes ours and mosquitto, fewer scenarios and shorter runs', () => {
    const [short, long] = [optionsOf('--ci'), optionsOf()];
    expect(short.brokers).toEqual(['nanomq-ts', 'mosquitto']);
    expect(short.scenarios.length).toBeLessThan(long.scenarios.length);
    expect(short.measureSeconds).toBeLessThan(long.measureSeconds);
    expect(short.budgetSeconds).toBeLessThan(180);
  });

  it.each([
    ['one', ['--scenario', 'idle'], ['idle']],
    ['two, in the order of the list', ['--scenario', 'idle', '--scenario', 'pair-q1'], ['pair-q1', 'idle']],
    ['a prefix', ['--scenario', 'fanout*'], ['fanout-q0', 'fanout-q1', 'fanout-q0-v5', 'fanout-q1-v5']],
    ['one that --ci leaves out', ['--ci', '--scenario', 'idle-v5'], ['idle-v5']],
  ])('--scenario: %s', (_, args, names) => {
    expect(optionsOf(...args).scenarios.map(({ name }) => name)).toEqual(names);
  });

  it('takes runs, seconds and a file', () => {
    expect(optionsOf('--runs', '5', '--secs', '0.5', '--json', 'a.json')).toMatchObject({
      runs: 5,
      measureSeconds: 0.5,
      jsonFile: 'a.json',
    });
  });

  it('--shards takes the scenarios that show what shards cost, or those asked for', () => {
    const namesOf = (options: BenchOptions) => options.scenarios.map(({ name }) => name);
    expect(namesOf(optionsOf('--shards'))).toEqual(['pair-q0', 'pair-q1', 'fanout-q0']);
    expect(namesOf(optionsOf('--shards', '--scenario', 'pair-q2'))).toEqual(['pair-q2']);
  });

  it('--polled takes more and as long windows, after a minute of polls', () => {
    expect(optionsOf('--polled')).toMatchObject({ isPolled: true, runs: 7, measureSeconds: 3, apiWarmUpSeconds: 60 });
    const short = optionsOf('--polled', '--runs', '2', '--secs', '0.5', '--warm', '5');
    expect(short).toMatchObject({ runs: 2, measureSeconds: 0.5, apiWarmUpSeconds: 5 });
    expect(optionsOf()).toMatchObject({ isPolled: false, runs: 3 });
  });

  it.each([
    ['polls in the short run', ['--polled', '--ci'], /--polled goes without/],
    ['polls and shards', ['--polled', '--shards'], /--polled goes without/],
    ['polls and a scenario', ['--polled', '--scenario', 'pair-q0'], /--polled has loads of its own/],
    ['no polls before', ['--polled', '--warm', '0'], /--warm takes a number above 0/],
    ['shards in the short run', ['--shards', '--ci'], /--shards and --ci/],
    ['shards and idle connections', ['--shards', '--scenario', 'idle'], /--shards does not take idle/],
    ['shards and a bridge', ['--shards', '--scenario', 'bridge*'], /--shards does not take bridge-q1/],
    ['an unknown scenario', ['--scenario', 'nope'], /no scenario is called nope/],
    ['an unknown broker', ['--broker', 'nope'], /no broker is called nope/],
    ['a number that is none', ['--runs', 'x'], /--runs takes a number above 0/],
    ['a number of 0', ['--secs', '0'], /--secs takes a number above 0/],
    ['an unknown option', ['--nope'], /--nope/],
  ])('refuses %s', (_, args, text) => {
    expect(() => parseBenchOptions(args)).toThrow(text);
  });

  it.each([['--help'], ['--list']])('%s is only a text', (arg) => {
    expect(parseBenchOptions([arg])).toContain(arg === '--help' ? '--ci' : 'one-in-flight-v5');
  });
});
