import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { TrafficJob } from '../../src/load/load-job.ts';
import { TrafficRun } from '../../src/load/traffic-run.ts';

let deaf: Aedes;
let server: Server;

beforeAll(async () => {
  // It takes everything and forwards nothing, so a closed loop stands still when its windows are full.
  deaf = await Aedes.createBroker({ authorizeForward: () => null });
  server = createServer(deaf.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  await new Promise<void>((done) => deaf.close(done));
  server.close();
});

function jobWith(rate: Pick<TrafficJob, 'messagesPerSecond'>): TrafficJob {
  const shape = { mode: 'pair', publishers: 3, subscribers: 3, qos: 0, protocol: 4, payloadBytes: 32 } as const;
  const edge = { carrier: 'tcp', login: null, port: (server.address() as AddressInfo).port, brokerPid: 0 } as const;
  return { kind: 'traffic', ...shape, ...edge, ...rate, windowMessages: 2, warmUpSeconds: 0, measureSeconds: 0 };
}

async function sendingRun(rate: Pick<TrafficJob, 'messagesPerSecond'>): Promise<TrafficRun> {
  const run = new TrafficRun(jobWith(rate));
  await run.connect();
  run.startSending();
  return run;
}

it('a closed loop waits for what it has sent', async () => {
  const run = await sendingRun({});
  await vi.waitFor(() => expect(run.sentTotal).toBe(6));
  run.close();
});

it('an open loop goes on at its rate, whatever has arrived, and stops when told', async () => {
  const run = await sendingRun({ messagesPerSecond: 2000 });
  await vi.waitFor(() => expect(run.sentTotal).toBeGreaterThan(60));
  run.stopSending();
  expect(run.missing).toBe(run.sentTotal);
  run.close();
});
