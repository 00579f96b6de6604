import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { hasMosquittoClients } from '../../dev/real-clients.mjs';
import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';
import { MosquittoClients } from './mosquitto-client.ts';
import { endingOf } from './started-broker.ts';

const LOG_LIMIT_MS = 10_000;

describe.runIf(hasMosquittoClients())('mosquitto_pub and mosquitto_sub over TLS', () => {
  let broker: EdgeBroker;
  const open: MosquittoClients[] = [];

  beforeAll(async () => {
    broker = await startEdgeBroker();
  });
  afterEach(() => Promise.all(open.splice(0).map((clients) => clients.close())));
  afterAll(() => broker?.stop());

  function clientsOf(port: number, version: string, more: readonly string[]): MosquittoClients {
    const clients = new MosquittoClients(port, version, more);
    open.push(clients);
    return clients;
  }

  /** Words that show the certificate of that name, and trust the listener's. */
  function showing(name: string): string[] {
    const { certs } = broker;
    return ['--cafile', certs.path('ca.pem'), '--cert', certs.path(`${name}.pem`), '--key', certs.path(`${name}.key`)];
  }

  it.each([
    ['5.0', '5', 'tlsv1.3'],
    ['3.1.1', '311', 'tlsv1.2'],
    ['3.1', '31', 'tlsv1.3'],
  ])('[v3.1.1 MQTT-7.0.0-2] MQTT %s gets what is published, without a client certificate', async (_, version, tls) => {
    const trusting = ['--cafile', broker.certs.path('ca.pem'), '--tls-version', tls];
    const clients = clientsOf(broker.ports.tls, version, trusting);
    const subscriber = await clients.subscribe('-t', `tls/${version}/#`, '-q', '2');
    await clients.publish('-t', `tls/${version}/a`, '-m', 'hi', '-q', '2');
    expect(await subscriber.next()).toEqual({ topic: `tls/${version}/a`, qos: 2, retain: false, payload: 'hi' });
  });

  it.each(['5', '311'])('with a client certificate passes where one is needed, -V %s', async (version) => {
    const clients = clientsOf(broker.ports.mutual, version, showing('client'));
    const subscriber = await clients.subscribe('-t', `mutual/${version}/#`, '-q', '1');
    await clients.publish('-t', `mutual/${version}/a`, '-m', 'hi', '-q', '1');
    expect(await subscriber.next()).toMatchObject({ topic: `mutual/${version}/a`, payload: 'hi' });
  });

  describe('is refused, and the log says why', () => {
    let plain: MosquittoClients;

    beforeEach(() => {
      plain = clientsOf(broker.ports.tcp, '5', []);
    });

    // A line is logged once per address and interval: every client has an address of its own.
    it.each([
      ['of another CA', '127.0.1.1', () => showing('stranger'), 'mutual', 'was signed by an unknown CA'],
      ['that has expired', '127.0.1.2', () => showing('expired'), 'mutual', 'has expired'],
      ['that is revoked', '127.0.1.3', () => showing('revoked'), 'mutual', 'is revoked'],
      [
        'that is missing',
        '127.0.1.4',
        () => ['--cafile', broker.certs.path('ca.pem')],
        'mutual',
        'the client showed no certificate',
      ],
      [
        'of the listener that the client does not trust',
        '127.0.1.5',
        () => ['--cafile', broker.certs.path('stranger-ca.pem')],
        'tls',
        'the client rejects the certificate of this listener',
      ],
    ] as const)('with a certificate %s', async (_, address, words, listener, text) => {
      const subscriber = await plain.subscribe('-t', 'refused/#');
      const port = String(broker.ports[listener]);
      const message = ['-t', 'refused/x', '-m', 'never', '-q', '1'];
      const refused = spawn('mosquitto_pub', ['-h', '127.0.0.1', '-p', port, '-A', address, ...words(), ...message], {
        stdio: 'ignore',
      });
      await vi.waitFor(() => expect(lineOf(address)).toContain(text), LOG_LIMIT_MS);
      refused.kill();
      expect((await endingOf(refused)).code).not.toBe(0);
      await plain.publish('-t', 'refused/end', '-m', 'end', '-q', '1');
      expect((await subscriber.next()).topic).toBe('refused/end');
    });
  });

  function lineOf(address: string): string {
    return (
      broker
        .printed()
        .split('\n')
        .find((line) => line.includes(address) && line.includes('TLS handshake failed')) ?? ''
    );
  }
});
