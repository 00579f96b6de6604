import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from '../load/load-job.ts';
import { runLoad } from '../load/run-load.ts';
import { type BrokerOutcome, outcomeOf } from '../measure.ts';
import type { RunningBroker } from '../peers/running-broker.ts';
import type { RunTimes } from '../scenarios.ts';
import type { Crowd } from './crowd.ts';
import { POLLED_LOADS, type PolledLoad, polledJob } from './polled-loads.ts';
import { faultsOfPolls, mergeCounts, type PollCounts, startPoller } from './poller.ts';

const POLL_EVERY_MS = 100;
const WARM_UP_POLL_EVERY_MS = 20;
// A poller that has just started is busy with itself.
const POLLER_LEAD_MS = 500;

/** Broker, its API and those who are connected to it and idle. */
export interface PolledScene {
  readonly broker: RunningBroker;
  readonly apiPort: number;
  readonly crowd: Crowd;
  readonly clients: number;
}

/** One load, with the API left alone and polled. */
export interface PolledOutcome {
  readonly load: PolledLoad;
  readonly alone: BrokerOutcome;
  readonly polled: BrokerOutcome;
  readonly polls: PollCounts;
  /** Of windows, answers and idle clients, each once. */
  readonly faults: readonly string[];
}

/**
 * Polls much while messages of every load flow. V8 compiles what serves the API only when it has run for a while;
 * measured before that, a window would show the compiler.
 * @param seconds  altogether
 */
export async function warmUpApi(scene: PolledScene, seconds: number): Promise<void> {
  const poller = startPoller({ apiPort: scene.apiPort, everyMs: WARM_UP_POLL_EVERY_MS, clients: scene.clients });
  const times = { warmUpSeconds: 0, measureSeconds: seconds / POLLED_LOADS.length };
  for (const load of POLLED_LOADS) await runLoad(polledJob(load, scene.broker, times));
  await poller.stop();
}

/** Measures one load in windows, alone and polled by turns. @param windows  of each */
export async function measurePolled(
  scene: PolledScene,
  load: PolledLoad,
  windows: number,
  times: RunTimes,
): Promise<PolledOutcome> {
  const alone: LoadResult[] = [];
  const polled: LoadResult[] = [];
  const counts: PollCounts[] = [];
  const failures: string[] = [];
  for (let window = 0; window < windows; window += 1) {
    try {
      alone.push(await runLoad(polledJob(load, scene.broker, times)));
      const poller = startPoller({ apiPort: scene.apiPort, everyMs: POLL_EVERY_MS, clients: scene.clients });
      await sleep(POLLER_LEAD_MS);
      const result = await runLoad(polledJob(load, scene.broker, times)).finally(async () => {
        counts.push(await poller.stop());
      });
      polled.push(result);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (!scene.crowd.isUp()) failures.push('the idle clients did not stay connected');
  const outcomes = { alone: outcomeOf('nanomq-ts', alone, []), polled: outcomeOf('nanomq-ts', polled, []) };
  const polls = mergeCounts(counts);
  const faults = [...failures, ...outcomes.alone.faults, ...outcomes.polled.faults, ...faultsOfPolls(polls)];
  return { load, ...outcomes, polls, faults: [...new Set(faults)] };
}
