import { readFile, writeFile } from 'node:fs/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { EdgeCerts } from './edge-broker.ts';
import { NANOMQ, type StartedBroker, startBroker } from './started-broker.ts';

const DOC = new URL('../../../../docs/security.md', import.meta.url);
const NOT_AUTHORIZED = 0x87;

let certs: EdgeCerts;
let broker: StartedBroker;
const open: MqttClient[] = [];

/** The file that the document shows, with the certificates and the port of this test. */
async function documented(): Promise<string> {
  const [, block = ''] = /```hocon\n([\s\S]*?)```/.exec(await readFile(DOC, 'utf8')) ?? [];
  return block
    .replaceAll('/etc/nanomq/server', certs.path('server'))
    .replace('/etc/nanomq/clients-ca.pem', certs.path('ca.pem'))
    .replace('/etc/nanomq/clients.crl', certs.path('crl.pem'))
    .replace('"nanomq_pwd.conf"', `"${certs.path('nanomq_pwd.conf')}"`);
}

beforeAll(async () => {
  certs = EdgeCerts.make();
  await writeFile(certs.path('nanomq_pwd.conf'), '"meter": "of-meter"\n"operator": "of-operator"\n');
  const text = await documented();
  broker = await startBroker([NANOMQ, 'start'], ({ mqtt }) => text.replace('0.0.0.0:8883', `127.0.0.1:${mqtt}`));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.endAsync(true)));
});
afterAll(async () => {
  await broker?.stop();
  certs?.remove();
});

async function enter(username: string, options: object = {}): Promise<MqttClient> {
  const shown = { ca: certs.read('ca.pem'), cert: certs.read('client.pem'), key: certs.read('client.key') };
  const who = { username, password: `of-${username}`, clientId: username, protocolVersion: 5 } as const;
  const client = await connectAsync(`mqtts://127.0.0.1:${broker.port}`, {
    reconnectPeriod: 0,
    ...shown,
    ...who,
    ...options,
  });
  open.push(client);
  return client;
}

it('lets users in who show a certificate and the password, to their topics alone', async () => {
  const [meter, operator] = [await enter('meter'), await enter('operator')];
  await operator.subscribeAsync('meters/#', { qos: 1 });
  const received = new Promise<string>((resolve) => operator.once('message', (topic) => resolve(topic)));
  await meter.publishAsync('meters/meter/power', '1', { qos: 1 });
  expect(await received).toBe('meters/meter/power');
  await expect(meter.publishAsync('meters/other/power', '1', { qos: 1 })).rejects.toMatchObject({
    code: NOT_AUTHORIZED,
  });
  await expect(meter.subscribeAsync('meters/meter/#')).rejects.toThrow();
});

it.each<[string, object]>([
  ['a wrong password', { password: 'wrong' }],
  ['no credentials', { username: undefined, password: undefined }],
  ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
])('keeps out who comes with %s', async (_, options) => {
  await expect(enter('meter', options)).rejects.toThrow();
});

it('has nothing to warn of', () => {
  expect(broker.printed()).not.toMatch(/"level":"(warn|error)"/);
});
