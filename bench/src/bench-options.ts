import { parseArgs } from 'node:util';
import { BROKER_NAMES, type BrokerName } from './peers/broker-kind.ts';
import { type RunTimes, SCENARIOS, type Scenario } from './scenarios.ts';

/** What the command line asks for. */
export interface BenchOptions extends RunTimes {
  readonly isCi: boolean;
  readonly scenarios: readonly Scenario[];
  readonly brokers: readonly BrokerName[];
  /** Runs of each broker in each scenario; the brokers take turns. */
  readonly runs: number;
  readonly jsonFile: string | undefined;
  readonly isBaselineUpdate: boolean;
  /** Ours with 1, 2, 4, 8 shards instead of brokers side by side. */
  readonly isShards: boolean;
  /** Ours while its HTTP API is polled and while it is not, instead of brokers side by side. */
  readonly isPolled: boolean;
  /** How long the API is polled before anything is measured (`--polled`). */
  readonly apiWarmUpSeconds: number;
  /** After so many seconds no further scenario is begun. */
  readonly budgetSeconds: number;
}

/** Text of `--help`. */
export const USAGE = `npm run bench [-- OPTIONS]
  --scenario NAME     only this one; may be given several times; a prefix ending in * takes several
  --broker NAME       only this one (${BROKER_NAMES.join(', ')}); may be given several times
  --runs N            runs of each broker in each scenario (3); with --polled, windows of each kind (7)
  --secs S            seconds measured in each run (3)
  --json FILE         write the report as JSON too
  --shards            ours alone, with 1, 2, 4, 8 shards as far as there are cores
  --polled            ours alone, the latency of messages while its HTTP API is polled
  --warm S            with --polled: seconds of polls before the first window (60)
  --ci                short runs, compare ratios to Mosquitto with bench/baseline.json, exit 1 on a fall
  --update-baseline   with --ci: write the measured ratios to bench/baseline.json
  --list              print the names of the scenarios`;

// 16 scenarios x 2 brokers x 3 runs of some 1 s, and starts: some 110 s of the three minutes allowed.
const CI = { runs: 3, warmUpSeconds: 0.2, measureSeconds: 0.5, budgetSeconds: 165 };
const SHARD_SCENARIOS = ['pair-q0', 'pair-q1', 'fanout-q0'];
const FULL = { runs: 3, warmUpSeconds: 1, measureSeconds: 3, budgetSeconds: Number.POSITIVE_INFINITY };
// 3 loads x 7 windows x 2 of some 5 s, and the polls before: 5 minutes.
const POLLED = { ...FULL, runs: 7 };
// As long as V8 takes to compile what serves the API.
const API_WARM_UP_SECONDS = 60;

/**
 * Reads the command line.
 * @returns the options, or the text to print instead of running (`--help`, `--list`)
 * @throws Error with a text for the user on an unknown option, scenario or broker, or a number out of range
 */
export function parseBenchOptions(args: readonly string[]): BenchOptions | string {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return USAGE;
  if (values.list) return SCENARIOS.map(({ name, title }) => `${name.padEnd(18)} ${title}`).join('\n');
  if (values.shards && values.ci) throw new Error('--shards and --ci do not go together');
  if (values.polled && (values.ci || values.shards)) throw new Error('--polled goes without --ci and --shards');
  if (values.polled && values.scenario !== undefined) throw new Error('--polled has loads of its own, no --scenario');
  const defaults = defaultsFor(values);
  return {
    ...defaults,
    isCi: values.ci,
    isShards: values.shards,
    isPolled: values.polled,
    apiWarmUpSeconds: positive('--warm', values.warm, API_WARM_UP_SECONDS),
    scenarios: values.shards ? shardScenarios(values.scenario) : chosenScenarios(values.scenario, values.ci),
    brokers: chosenBrokers(values.broker, values.ci),
    runs: positive('--runs', values.runs, defaults.runs),
    measureSeconds: positive('--secs', values.secs, defaults.measureSeconds),
    jsonFile: values.json,
    isBaselineUpdate: values['update-baseline'],
  };
}

const OPTIONS = {
  help: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  ci: { type: 'boolean', default: false },
  shards: { type: 'boolean', default: false },
  polled: { type: 'boolean', default: false },
  'update-baseline': { type: 'boolean', default: false },
  scenario: { type: 'string', multiple: true },
  broker: { type: 'string', multiple: true },
  runs: { type: 'string' },
  secs: { type: 'string' },
  warm: { type: 'string' },
  json: { type: 'string' },
} as const;

function defaultsFor({ ci, polled }: { ci: boolean; polled: boolean }): typeof FULL {
  if (ci) return CI;
  return polled ? POLLED : FULL;
}

function chosenScenarios(names: readonly string[] | undefined, isCi: boolean): readonly Scenario[] {
  if (names === undefined) return SCENARIOS.filter((scenario) => !isCi || scenario.isInCi);
  const unknown = names.find((name) => !SCENARIOS.some((scenario) => isNamed(scenario, name)));
  if (unknown !== undefined) throw new Error(`no scenario is called ${unknown}; --list prints the names`);
  return SCENARIOS.filter((scenario) => names.some((name) => isNamed(scenario, name)));
}

function shardScenarios(names: readonly string[] = SHARD_SCENARIOS): readonly Scenario[] {
  const chosen = chosenScenarios(names, false);
  const other = chosen.find(({ job, setup }) => job.kind !== 'traffic' || setup.bridge !== null);
  if (other !== undefined) throw new Error(`--shards does not take ${other.name}: only traffic at one broker`);
  return chosen;
}

function isNamed(scenario: Scenario, name: string): boolean {
  return name.endsWith('*') ? scenario.name.startsWith(name.slice(0, -1)) : scenario.name === name;
}

function chosenBrokers(names: readonly string[] | undefined, isCi: boolean): readonly BrokerName[] {
  const unknown = names?.find((name) => !BROKER_NAMES.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`no broker is called ${unknown}; known: ${BROKER_NAMES.join(', ')}`);
  if (names !== undefined) return BROKER_NAMES.filter((name) => names.includes(name));
  return isCi ? ['nanomq-ts', 'mosquitto'] : BROKER_NAMES;
}

function positive(option: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new Error(`${option} takes a number above 0, not ${text}`);
  return value;
}
