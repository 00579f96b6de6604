import type { BenchOptions } from '../bench-options.ts';
import { freePort } from '../free-port.ts';
import { thisMachine } from '../machine.ts';
import { nanomqTsWithApi } from '../peers/nanomq-ts.ts';
import { startBroker } from '../peers/running-broker.ts';
import { PLAIN_SETUP } from '../scenarios.ts';
import { startCrowd } from './crowd.ts';
import { crowdSize, ownLimits } from './crowd-size.ts';
import { measurePolled, type PolledOutcome, type PolledScene, warmUpApi } from './measure-polled.ts';
import { POLLED_LOADS } from './polled-loads.ts';
import { type PolledReport, polledHeaderText, polledText } from './polled-report.ts';

/** Measures what polling the HTTP API of our broker does to its messages, and prints what comes out. */
export async function benchPolled(options: BenchOptions): Promise<PolledReport> {
  const { runs, warmUpSeconds, measureSeconds, apiWarmUpSeconds } = options;
  const settings = { runs, warmUpSeconds, measureSeconds, apiWarmUpSeconds };
  const clients = crowdSize(ownLimits());
  const head = { machine: thisMachine(), date: new Date().toISOString(), settings, clients };
  console.log(polledHeaderText(head));
  const apiPort = await freePort();
  const broker = await startBroker(nanomqTsWithApi(apiPort), PLAIN_SETUP);
  try {
    const crowd = await startCrowd({ connections: clients, protocol: 4, port: broker.port });
    const outcomes = await outcomesOf({ broker, apiPort, crowd, clients }, options);
    await crowd.stop();
    return { ...head, outcomes };
  } finally {
    await broker.stop();
  }
}

async function outcomesOf(scene: PolledScene, options: BenchOptions): Promise<PolledOutcome[]> {
  await warmUpApi(scene, options.apiWarmUpSeconds);
  const outcomes: PolledOutcome[] = [];
  for (const load of POLLED_LOADS) {
    const outcome = await measurePolled(scene, load, options.runs, options);
    console.log(`\n${polledText(outcome)}`);
    outcomes.push(outcome);
  }
  return outcomes;
}
