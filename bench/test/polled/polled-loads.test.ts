import { expect, it } from 'vitest';
import { POLLED_LOADS, polledJob } from '../../src/polled/polled-loads.ts';

it('two loads have a rate, the third is the closed loop', () => {
  const broker = { name: 'nanomq-ts', pid: 7, port: 1883, subscriberPort: 1883, stop: async () => {} } as const;
  const jobs = POLLED_LOADS.map((load) => polledJob(load, broker, { warmUpSeconds: 1, measureSeconds: 3 }));
  expect(jobs.map(({ messagesPerSecond, qos }) => [messagesPerSecond, qos])).toEqual([
    [4000, 0],
    [50_000, 0],
    [undefined, 1],
  ]);
  expect(jobs[2]).toMatchObject({ mode: 'pair', publishers: 20, subscribers: 20, port: 1883, brokerPid: 7 });
});
