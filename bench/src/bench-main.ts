import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBaseline, updatedBaseline, verdictOn, writeBaseline } from './baseline.ts';
import { type BenchOptions, parseBenchOptions } from './bench-options.ts';
import { BENCH } from './checkout.ts';
import { killChildrenAtExit } from './child-processes.ts';
import { thisMachine } from './machine.ts';
import { measureScenario, type ScenarioOutcome } from './measure.ts';
import { AEDES } from './peers/aedes.ts';
import type { BrokerKind } from './peers/broker-kind.ts';
import { MOSQUITTO } from './peers/mosquitto.ts';
import { NANOMQ_TS } from './peers/nanomq-ts.ts';
import { benchPolled } from './polled/bench-polled.ts';
import type { PolledReport } from './polled/polled-report.ts';
import { type BenchReport, guardedRatios, headerText, scenarioText, verdictText } from './report.ts';
import { benchShards } from './shards/bench-shards.ts';
import type { ShardsReport } from './shards/shards-report.ts';

const KINDS: readonly BrokerKind[] = [NANOMQ_TS, MOSQUITTO, AEDES];
const BASELINE_FILE = join(BENCH, 'baseline.json');

process.exit(await main(process.argv.slice(2)));

/** @returns exit code: 0 well, 1 a ratio fell or our broker failed, 2 wrong usage */
async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions | string;
  try {
    options = parseBenchOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  if (typeof options === 'string') {
    console.log(options);
    return 0;
  }
  killChildrenAtExit();
  if (options.isShards) {
    const report = await benchShards(options);
    writeJson(report, options);
    return report.curves.some(({ outcomes }) => outcomes.some(({ faults }) => faults.length > 0)) ? 1 : 0;
  }
  if (options.isPolled) {
    const report = await benchPolled(options);
    writeJson(report, options);
    return report.outcomes.some(({ faults }) => faults.length > 0) ? 1 : 0;
  }
  const report = await measureAll(options);
  writeJson(report, options);
  return options.isCi ? judge(report, options) : 0;
}

function writeJson(report: BenchReport | ShardsReport | PolledReport, { jsonFile }: BenchOptions): void {
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
}

async function measureAll(options: BenchOptions): Promise<BenchReport> {
  const asked = KINDS.filter(({ name }) => options.brokers.includes(name));
  for (const kind of asked) {
    const reason = kind.missing();
    if (reason !== undefined) console.log(`left out: ${kind.name}, ${reason}`);
  }
  const present = asked.filter((kind) => kind.missing() === undefined);
  const { isCi, runs, warmUpSeconds, measureSeconds } = options;
  const head = {
    machine: thisMachine(),
    date: new Date().toISOString(),
    settings: { isCi, runs, warmUpSeconds, measureSeconds },
    brokers: present.map((kind) => ({ name: kind.name, version: kind.version() })),
  };
  console.log(headerText(head));
  return { ...head, outcomes: await outcomesOf(present, options) };
}

async function outcomesOf(kinds: readonly BrokerKind[], options: BenchOptions): Promise<ScenarioOutcome[]> {
  const end = performance.now() + options.budgetSeconds * 1000;
  // Without the other broker there is no ratio: one run of each scenario still shows that ours works.
  const runs = options.isCi && kinds.length < 2 ? 1 : options.runs;
  const outcomes: ScenarioOutcome[] = [];
  for (const scenario of options.scenarios) {
    if (performance.now() > end) {
      console.log(`\nleft out: ${scenario.name}, the time is up`);
      continue;
    }
    const outcome = await measureScenario(scenario, kinds, { ...options, runs });
    console.log(`\n${scenarioText(outcome)}`);
    outcomes.push(outcome);
  }
  return outcomes;
}

function judge(report: BenchReport, options: BenchOptions): number {
  console.log('');
  const ours = report.outcomes.flatMap(({ brokers }) => brokers.filter(({ broker }) => broker === NANOMQ_TS.name));
  const faults = ours.flatMap((outcome) => outcome.faults);
  if (ours.length === 0) console.log('our broker was not measured');
  if (faults.length > 0) console.log('our broker failed, see FAULT above');
  if (ours.length === 0 || faults.length > 0) return 1;
  if (MOSQUITTO.missing() !== undefined) {
    console.log('mosquitto is not on this machine: only a smoke run of ours, no ratio compared');
    return 0;
  }
  const ratios = guardedRatios(report.outcomes);
  const baseline = readBaseline(BASELINE_FILE);
  if (options.isBaselineUpdate) {
    writeBaseline(BASELINE_FILE, updatedBaseline(baseline, ratios));
    console.log('bench/baseline.json holds these ratios now; say in the commit why');
    return 0;
  }
  const verdicts = ratios.map((ratio) => verdictOn(ratio, baseline));
  console.log(`ratios of ours to mosquitto:\n${verdicts.map(verdictText).join('\n')}`);
  return verdicts.some(({ outcome }) => outcome === 'worse') ? 1 : 0;
}
