import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBridged } from './bridged-broker.ts';
import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';
import type { StartedBroker } from './started-broker.ts';

/** Every way a broker of ours listens, and the section of a bridge that gets in. */
const WAYS: readonly (readonly [string, (remote: EdgeBroker) => readonly string[]])[] = [
  ['TLS', ({ ports, certs }) => [`server = "tls+mqtt-tcp://localhost:${ports.tls}"`, ca(certs.path('ca.pem'))]],
  [
    'TLS that ssl.enable asks for',
    ({ ports, certs }) => [server('mqtt-tcp', ports.tls), ca(certs.path('ca.pem')), 'ssl.enable = true'],
  ],
  [
    'TLS with a certificate of its own',
    ({ ports, certs }) => [
      server('tls+mqtt-tcp', ports.mutual),
      ca(certs.path('ca.pem')),
      `ssl { certfile = "${certs.path('client.pem')}", keyfile = "${certs.path('client.key')}" }`,
    ],
  ],
  ['WebSocket', ({ ports }) => [`server = "ws://127.0.0.1:${ports.ws}/mqtt"`]],
  [
    'WebSocket over TLS',
    ({ ports, certs }) => [`server = "wss://127.0.0.1:${ports.wss}/mqtt"`, ca(certs.path('ca.pem'))],
  ],
];

const server = (scheme: string, port: number) => `server = "${scheme}://127.0.0.1:${port}"`;
const ca = (path: string) => `ssl.cacertfile = "${path}"`;

describe('a bridge by every way', () => {
  let remote: EdgeBroker;
  let broker: StartedBroker | undefined;

  beforeAll(async () => {
    remote = await startEdgeBroker();
  });
  afterAll(() => remote?.stop());
  afterEach(async () => {
    await broker?.stop();
    broker = undefined;
  });

  it.each(WAYS)('%s', async (_name, lines) => {
    const rules = ['forwards = [{ local_topic = "out", remote_topic = "" }]', 'proto_ver = 5'];
    broker = await startBridged([...lines(remote), ...rules]);
    const there = await mqtt.connectAsync(`mqtt://127.0.0.1:${remote.ports.tcp}`);
    await there.subscribeAsync('out', { qos: 1 });
    const arrived = new Promise((resolve) => {
      there.once('message', (_topic, payload) => resolve(payload.toString('latin1')));
    });
    const here = await mqtt.connectAsync(broker.url);
    const payload = 'x'.repeat(100_000);
    await here.publishAsync('out', payload, { qos: 1 });
    expect(await arrived).toBe(payload);
    await Promise.all([here.endAsync(), there.endAsync()]);
  });

  it('a certificate of an authority that nobody named is not believed', async () => {
    broker = await startBridged([server('tls+mqtt-tcp', remote.ports.tls)], 'the bridge failed');
    expect(broker.printed()).toMatch(/the bridge failed: .*(?:unable to verify|self-signed)/);
  });

  it('a file without an authority keeps it from connecting, Mosquitto 2.0.8 note', async () => {
    const empty = join(remote.folder, 'empty.pem');
    await writeFile(empty, '');
    broker = await startBridged([server('tls+mqtt-tcp', remote.ports.tls), ca(empty)], 'the bridge failed');
    expect(broker.printed()).toMatch(/empty\.pem holds no certificate of an authority/);
    await broker.stop();
    broker = await startBridged([server('tls+mqtt-tcp', remote.ports.tls), ca(`${empty}.not`)], 'the bridge failed');
    expect(broker.printed()).toMatch(/ENOENT/);
  });

  it('unverified is what an operator asks for, and the log says so', async () => {
    broker = await startBridged([server('tls+mqtt-tcp', remote.ports.tls), 'ssl.verify_peer = false']);
    expect(broker.printed()).toContain('the certificate of the remote broker is not verified');
  });
});
