import type { BrokerFigures, LatencyHistogram } from '@nanomq-ts/core';

type Labelled = Readonly<Record<string, number>>;

/** Figures of the whole broker that a shard alone knows, because it is told of what is on all of them. */
const REPLICATED = [
  'topics',
  'sharedGroups',
  'retainedMessages',
  'retainedBytes',
] as const satisfies readonly (keyof BrokerFigures)[];

/**
 * The figures of all shards together. What each shard counts for itself is added up; what is on every shard is taken
 * from `whole`, the figures of one that has it all. The hub counts too: it publishes.
 */
export function sumFigures(whole: BrokerFigures, others: readonly BrokerFigures[]): BrokerFigures {
  const sum = others.reduce(add, whole);
  const replicated = Object.fromEntries(REPLICATED.map((name) => [name, whole[name]]));
  return { ...sum, ...replicated };
}

/** What goes on counting after a shard has ended: its counters, without what it held. */
export function countersOf(figures: BrokerFigures): BrokerFigures {
  return {
    ...figures,
    connections: 0,
    sessions: 0,
    subscribers: 0,
    subscriptions: 0,
    sharedSubscriptions: 0,
    sharedGroups: 0,
    topics: 0,
    retainedMessages: 0,
    retainedBytes: 0,
    storedMessages: 0,
    storedBytes: 0,
    connectionsByProtocol: {},
    connectionsByListener: {},
    connectionsByShard: {},
    shards: 0,
  };
}

/** Adds field by field, so that a figure that is new is added too. */
function add(left: BrokerFigures, right: BrokerFigures): BrokerFigures {
  const names = Object.keys(left) as (keyof BrokerFigures)[];
  return Object.fromEntries(
    names.map((name) => [name, addValues(left[name], right[name])]),
  ) as unknown as BrokerFigures;
}

type Figure = BrokerFigures[keyof BrokerFigures];

function addValues(left: Figure, right: Figure): Figure {
  if (typeof left === 'number') return left + (right as number);
  if (isList(left)) return addLists(left, right as readonly number[]) as [number, number, number];
  if (isHistogram(left)) return addHistograms(left, right as LatencyHistogram);
  return addLabelled(left, right as Labelled);
}

function isList(value: Figure): value is readonly [number, number, number] {
  return Array.isArray(value);
}

function isHistogram(value: LatencyHistogram | Labelled): value is LatencyHistogram {
  return Array.isArray(value.boundsMs);
}

function addLists(left: readonly number[], right: readonly number[]): number[] {
  return left.map((value, i) => value + (right[i] ?? 0));
}

function addHistograms(left: LatencyHistogram, right: LatencyHistogram): LatencyHistogram {
  return {
    boundsMs: left.boundsMs,
    counts: addLists(left.counts, right.counts),
    sumMs: left.sumMs + right.sumMs,
  };
}

function addLabelled(left: Labelled, right: Labelled): Labelled {
  const sum: Record<string, number> = { ...left };
  for (const [label, value] of Object.entries(right)) sum[label] = (sum[label] ?? 0) + value;
  return sum;
}
