import { once } from 'node:events';
import { appendFile, truncate } from 'node:fs/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';

/** From the change of a file until the new certificate is shown: looked at, settled, read, checked. */
const RELOAD_LIMIT_MS = 15_000;

let broker: EdgeBroker;

beforeAll(async () => {
  broker = await startEdgeBroker();
});
afterAll(() => broker?.stop());

/** Common name of the certificate that a new handshake gets to see. */
async function shownName(port: number): Promise<string> {
  const socket: TLSSocket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

it('new certificates take effect while clients stay connected, and bad ones never', async () => {
  const { certs, ports } = broker;
  const url = `mqtts://127.0.0.1:${ports.tls}`;
  const staying = await connectAsync(url, { reconnectPeriod: 0, ca: certs.read('ca.pem') });
  expect(await shownName(ports.tls)).toBe('localhost');

  certs.replace('server', 'client');
  await vi.waitFor(async () => expect(await shownName(ports.tls)).toBe('dev-client'), RELOAD_LIMIT_MS);
  expect(await shownName(ports.wss)).toBe('dev-client');
  expect(broker.printed()).toContain('TLS certificate reloaded');

  await truncate(certs.path('server.pem'));
  await appendFile(certs.path('server.pem'), 'no certificate');
  await vi.waitFor(
    () => expect(broker.printed()).toContain('TLS certificate not reloaded, the old one stays in force'),
    RELOAD_LIMIT_MS,
  );
  expect(await shownName(ports.tls)).toBe('dev-client');

  const received = new Promise<string>((resolve) => staying.once('message', (_, payload) => resolve(String(payload))));
  await staying.subscribeAsync('edge/stays', { qos: 1 });
  await staying.publishAsync('edge/stays', 'still here', { qos: 1 });
  expect(await received).toBe('still here');
  await staying.endAsync();
});
