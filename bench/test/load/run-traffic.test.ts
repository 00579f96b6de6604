import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT } from '../../src/checkout.ts';
import type { LoadQos, TrafficJob, TrafficMode } from '../../src/load/load-job.ts';
import { runIdle } from '../../src/load/run-idle.ts';
import { runTraffic } from '../../src/load/run-traffic.ts';

let broker: Aedes;
let server: Server;

beforeAll(async () => {
  broker = await Aedes.createBroker();
  server = createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  await new Promise<void>((done) => broker.close(done));
  server.close();
});

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port;

function jobOf(mode: TrafficMode, publishers: number, subscribers: number, qos: LoadQos): TrafficJob {
  const times = { warmUpSeconds: 0.02, measureSeconds: 0.1 };
  const edge = { carrier: 'tcp', login: null } as const;
  const shape = { mode, publishers, subscribers, qos, protocol: 4, payloadBytes: 32, windowMessages: 10 } as const;
  return { kind: 'traffic', ...edge, ...shape, ...times, port: portOf(server), brokerPid: process.pid };
}

describe('runTraffic', () => {
  it.each([
    ['pair QoS 0', jobOf.bind(null, 'pair', 3, 3, 0)],
    ['pair QoS 1', jobOf.bind(null, 'pair', 3, 3, 1)],
    ['pair QoS 2', jobOf.bind(null, 'pair', 3, 3, 2)],
    ['fan-out QoS 0', jobOf.bind(null, 'fanout', 2, 5, 0)],
    ['fan-out QoS 1', jobOf.bind(null, 'fanout', 1, 5, 1)],
    ['fan-in QoS 0', jobOf.bind(null, 'fanin', 5, 1, 0)],
  ])('%s: every message arrives once and in order', async (_, job) => {
    const result = await runTraffic(job());
    expect(result).toMatchObject({ lost: 0, unacknowledged: 0, duplicates: 0, disordered: 0 });
    expect(result.deliveredPerSecond).toBeGreaterThan(0);
    expect(result.latencyP99Ms).toBeGreaterThanOrEqual(result.latencyP50Ms);
  });

  it.each([0, 1, 2] as const)('at a rate, QoS %d: every message arrives once and in order', async (qos) => {
    const job = { ...jobOf('pair', 3, 3, qos), windowMessages: 1, messagesPerSecond: 1000 };
    const result = await runTraffic(job);
    expect(result).toMatchObject({ lost: 0, unacknowledged: 0, duplicates: 0, disordered: 0 });
    expect(result.sentPerSecond).toBeGreaterThan(0);
    expect(result.latencyP99Ms).toBeGreaterThanOrEqual(result.latencyP50Ms);
  });

  it('goes over TLS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
    execFileSync(join(CHECKOUT, 'etc/certs/make-dev-certs.sh'), [folder], { stdio: 'ignore' });
    const [key, cert] = ['server.key', 'server.pem'].map((name) => readFileSync(join(folder, name)));
    rmSync(folder, { recursive: true });
    const secure = createTlsServer({ key, cert }, broker.handle).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const result = await runTraffic({ ...jobOf('pair', 3, 3, 1), port: portOf(secure), carrier: 'tls' });
    expect(result).toMatchObject({ lost: 0, unacknowledged: 0, duplicates: 0, disordered: 0 });
    expect(result.deliveredPerSecond).toBeGreaterThan(0);
    secure.close();
  });

  it('refuses a pair of unequal sides', async () => {
    await expect(runTraffic(jobOf('pair', 2, 3, 0))).rejects.toThrow(/as many subscribers/);
  });

  it('fails when the broker closes the connection', async () => {
    const closing = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const job = { ...jobOf('pair', 1, 1, 0), port: portOf(closing) };
    await expect(runTraffic(job)).rejects.toThrow(/subscriber: connection closed by the broker/);
    closing.close();
  });

  it('fails with the reason code of a refused CONNECT', async () => {
    const refusing = createServer((socket) => socket.on('error', () => {}).write(Buffer.from([0x20, 2, 0, 5])));
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const job = { ...jobOf('pair', 1, 1, 0), port: portOf(refusing) };
    await expect(runTraffic(job)).rejects.toThrow(/CONNACK with reason code 0x05/);
    refusing.close();
  });
});

describe('runIdle', () => {
  it('opens and subscribes every connection', async () => {
    const target = { port: portOf(server), brokerPid: process.pid };
    const result = await runIdle({ kind: 'idle', connections: 120, protocol: 4, settleSeconds: 0, ...target });
    expect(result.connections).toBe(120);
    expect(result.connectsPerSecond).toBeGreaterThan(0);
  });
});
