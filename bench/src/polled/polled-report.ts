import type { BenchOptions } from '../bench-options.ts';
import type { Machine } from '../machine.ts';
import type { BrokerOutcome } from '../measure.ts';
import { figure } from '../report.ts';
import { CROWD_CLIENTS } from './crowd-size.ts';
import type { PolledOutcome } from './measure-polled.ts';

// Fewer polls than this share of those asked for show less than they should.
const ENOUGH_POLLS_PER_SECOND = 9;

/** Everything a report on polling states, in the shape of the JSON file. */
export interface PolledReport {
  readonly machine: Machine;
  readonly date: string;
  readonly settings: Pick<BenchOptions, 'runs' | 'warmUpSeconds' | 'measureSeconds' | 'apiWarmUpSeconds'>;
  /** Idle, beside those of the load. */
  readonly clients: number;
  readonly outcomes: readonly PolledOutcome[];
}

/** Lines that stand above the loads. */
export function polledHeaderText({ machine, settings, clients }: Omit<PolledReport, 'outcomes'>): string {
  const pinning = machine.isPinned ? 'broker on core 0, all else on core 1' : 'NOT pinned';
  const lines = [
    `${machine.cpuModel}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}, commit ${machine.commit}`,
    `${settings.runs} windows of ${settings.measureSeconds} s alone, as many polled ten times a second, by turns; ` +
      `${settings.apiWarmUpSeconds} s of polls before; ${clients} idle clients; ${pinning}`,
  ];
  if (clients < CROWD_CLIENTS) lines.push(`ulimit -n leaves no room for ${CROWD_CLIENTS} idle clients`);
  return lines.join('\n');
}

/** Lines of one load: p99 alone and polled as median (lowest-highest) of the windows, ratios of the medians, faults. */
export function polledText({ load, alone, polled, polls, faults }: PolledOutcome): string {
  const perSecond = polls.polls / polls.seconds;
  const tooFew = perSecond < ENOUGH_POLLS_PER_SECOND ? ', fewer than ten' : '';
  const bound = alone.isLoadBound || polled.isLoadBound ? ' | the load generator was the limit' : '';
  return [
    `${load.name}: ${load.title}`,
    `  p99     alone ${rangeText(alone)} | polled ${rangeText(polled)} | ${ratioText(alone, polled, 'p99')}`,
    `  msg/s   alone ${medianText(alone)} | polled ${medianText(polled)} | ${ratioText(alone, polled, 'rate')}${bound}`,
    `  polls   ${figure(perSecond)}/s${tooFew}, ${polls.good} answers good, ${polls.bad} bad`,
    ...faults.map((fault) => `  FAULT: ${fault}`),
  ].join('\n');
}

function rangeText({ metrics: { p99 } }: BrokerOutcome): string {
  if (p99 === undefined) return '-';
  return `${figure(p99.median)} ms (${figure(Math.min(...p99.runs))}-${figure(Math.max(...p99.runs))})`;
}

function medianText({ metrics: { rate } }: BrokerOutcome): string {
  return figure(rate?.median ?? Number.NaN);
}

function ratioText(alone: BrokerOutcome, polled: BrokerOutcome, metric: 'p99' | 'rate'): string {
  return `${figure((polled.metrics[metric]?.median ?? Number.NaN) / (alone.metrics[metric]?.median ?? Number.NaN))}x`;
}
