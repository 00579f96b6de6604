import type { MeasuredRatio, Verdict } from './baseline.ts';
import type { BenchOptions } from './bench-options.ts';
import type { Machine } from './machine.ts';
import type { BrokerOutcome, ScenarioOutcome } from './measure.ts';
import { METRICS, type MetricName } from './metrics.ts';
import type { BrokerName } from './peers/broker-kind.ts';
import type { Summary } from './summary.ts';

const OURS: BrokerName = 'nanomq-ts';
const REFERENCE: BrokerName = 'mosquitto';
const NAME_WIDTH = 12;

/** Everything a report states, in the shape of the JSON file. */
export interface BenchReport {
  readonly machine: Machine;
  readonly date: string;
  readonly settings: Pick<BenchOptions, 'isCi' | 'runs' | 'warmUpSeconds' | 'measureSeconds'>;
  readonly brokers: readonly { readonly name: BrokerName; readonly version: string }[];
  readonly outcomes: readonly ScenarioOutcome[];
}

/** Ratio of medians, ours to Mosquitto's. @returns undefined when one of them was not measured */
export function ratioIn(outcome: ScenarioOutcome, metric: MetricName): number | undefined {
  const [ours, reference] = [OURS, REFERENCE].map((name) => brokerIn(outcome, name)?.metrics[metric]?.median);
  return ours === undefined || reference === undefined ? undefined : ours / reference;
}

/** The ratios that `--ci` guards, of all scenarios in which both brokers were measured. */
export function guardedRatios(outcomes: readonly ScenarioOutcome[]): MeasuredRatio[] {
  return outcomes.flatMap((outcome) =>
    outcome.scenario.guarded.flatMap((metric) => {
      const ratio = ratioIn(outcome, metric);
      return ratio === undefined ? [] : [{ scenario: outcome.scenario.name, metric, ratio }];
    }),
  );
}

/** Two lines that stand above every table. */
export function headerText({ machine, settings, brokers }: Omit<BenchReport, 'outcomes'>): string {
  const pinning = machine.isPinned ? 'broker and load on a core each' : 'NOT pinned';
  return [
    `${machine.cpuModel}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}, commit ${machine.commit}`,
    `${settings.runs} alternating runs of ${settings.measureSeconds} s after ${settings.warmUpSeconds} s, ${pinning}; ` +
      brokers.map(({ name, version }) => `${name} ${version}`).join(', '),
  ].join('\n');
}

/** Table of one scenario: a line for each broker, medians with the spread of the rate, the ratio to Mosquitto. */
export function scenarioText(outcome: ScenarioOutcome): string {
  const lines = [`${outcome.scenario.name}: ${outcome.scenario.title}`];
  for (const broker of outcome.brokers) {
    lines.push(brokerText(broker, brokerIn(outcome, REFERENCE)));
    lines.push(...broker.faults.map((fault) => `  ${' '.repeat(NAME_WIDTH)} FAULT: ${fault}`));
  }
  return lines.join('\n');
}

/** One line for each guarded ratio. */
export function verdictText(verdict: Verdict): string {
  const label = `${verdict.scenario} ${verdict.metric}`.padEnd(24);
  const measured = `${figure(verdict.ratio)}x`.padStart(8);
  switch (verdict.outcome) {
    case 'new':
      return `${label}${measured}  no baseline yet`;
    case 'held':
    case 'worse':
    case 'unknown':
      return (
        `${label}${measured}  ${verdict.outcome} ` +
        `(baseline ${figure(verdict.baseline?.ratio ?? Number.NaN)}x, limit ${figure(verdict.limit)}x)`
      );
    default:
      return verdict.outcome satisfies never;
  }
}

function brokerIn(outcome: ScenarioOutcome, name: BrokerName): BrokerOutcome | undefined {
  return outcome.brokers.find((candidate) => candidate.broker === name);
}

function brokerText(outcome: BrokerOutcome, reference: BrokerOutcome | undefined): string {
  const cells = (Object.keys(METRICS) as MetricName[]).flatMap((metric) => {
    const summary = outcome.metrics[metric];
    return summary === undefined ? [] : [cellText(metric, summary, reference?.metrics[metric])];
  });
  const note = outcome.isLoadBound ? ' | the load generator was the limit' : '';
  return `  ${outcome.broker.padEnd(NAME_WIDTH)} ${cells.join(' | ')}${note}`;
}

function cellText(metric: MetricName, summary: Summary, reference: Summary | undefined): string {
  const { unit } = METRICS[metric];
  // The spread tells how far to trust a median; it is shown for the figures that are compared.
  const spread = metric === 'rate' || metric === 'connects' ? ` ±${Math.round(summary.spread * 50)}%` : '';
  const ratio =
    reference === undefined || reference === summary ? '' : ` ${figure(summary.median / reference.median)}x`;
  return `${figure(summary.median)} ${unit}${spread}${ratio}`;
}

/** Three significant digits, with k and M from 10,000 up; a dash for what was not measured. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (Math.abs(value) >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
