import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type IDisconnectPacket, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AdministeredBroker, startAdministered } from './administered-broker.ts';
import { EdgeCerts } from './edge-broker.ts';
import { freePort } from './free-port.ts';

/** Longer than any of it takes on a busy machine. */
const PATIENCE_MS = 10_000;
const SECRET = 'canary-p4ssword';
const FIRST = 'canary-f1rst';

let certs: EdgeCerts;
let broker: AdministeredBroker;
const clients: MqttClient[] = [];

beforeAll(() => {
  certs = EdgeCerts.make();
});
afterAll(() => certs.remove());
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  await broker.stop();
});

async function connect(options: IClientOptions = {}, url = broker.url): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, protocolVersion: 5, ...options });
  clients.push(client);
  return client;
}

async function isAdmitted(username: string, password: string): Promise<boolean> {
  return connect({ username, password }).then(
    () => true,
    () => false,
  );
}

async function v4(method: string, path: string, body?: object): Promise<[status: number, body: never]> {
  const { status, text } = await broker.call(method, `/api/v4${path}`, body === undefined ? '' : JSON.stringify(body));
  return [status, JSON.parse(text) as never];
}

describe('users, rules and bans over the API', () => {
  beforeEach(async () => {
    broker = await startAdministered('log.level = debug\nauth.allow_anonymous = false\nauth.acl.enable = false\n');
  });

  it('a user enters as soon as it is there, and no longer when it is gone', async () => {
    await writeFile(join(broker.folder, 'users.conf'), `"first": "${FIRST}"\n`);
    await broker.writeText(`${await broker.readText()}auth.password { include "users.conf" }\n`);
    expect((await broker.nanomq('reload')).code).toBe(0);
    expect(await isAdmitted('anna', SECRET)).toBe(false);
    expect(await v4('POST', '/users', { username: 'anna', password: SECRET })).toEqual([200, { code: 0 }]);
    expect(await isAdmitted('anna', SECRET)).toBe(true);
    expect(await isAdmitted('anna', `${SECRET}x`)).toBe(false);
    expect(await v4('PUT', '/users/anna', { old_password: SECRET, password: `${SECRET}2` })).toEqual([
      200,
      { code: 0 },
    ]);
    expect(await isAdmitted('anna', SECRET)).toBe(false);
    expect(await isAdmitted('anna', `${SECRET}2`)).toBe(true);
    const file = await readFile(join(broker.folder, 'users.conf'), 'utf8');
    expect(file).toMatch(/^"first": "canary-f1rst"\n"anna": "\$scrypt\$ln=15/);
    expect(await v4('DELETE', '/users/anna')).toEqual([200, { code: 0 }]);
    expect(await isAdmitted('anna', `${SECRET}2`)).toBe(false);
    expect(await isAdmitted('first', FIRST)).toBe(true);
    const shown = await Promise.all([v4('GET', '/users'), v4('GET', '/configuration'), v4('GET', '/acl')]);
    expect(JSON.stringify(shown) + broker.printed()).not.toMatch(/canary/);
  });

  it('a rule holds at once, and the API says which one decides', async () => {
    await v4('POST', '/users', { username: 'anna', password: SECRET });
    const client = await connect({ username: 'anna', password: SECRET });
    const rules = [
      { permit: 'deny', username: 'anna', action: 'publish', topics: ['closed/#'] },
      { permit: 'allow', topics: ['#'] },
    ];
    const [status, report] = await v4('PUT', '/acl', { rules, enable: true, deny_action: 'ignore' });
    expect([status, report]).toMatchObject([200, { data: { needs_restart: [] } }]);
    await expect(client.publishAsync('closed/x', 'm', { qos: 1 })).rejects.toMatchObject({ code: 0x87 });
    await client.publishAsync('open/x', 'm', { qos: 1 });
    const question = { clientid: 'c', username: 'anna', action: 'publish', topic: 'closed/x' };
    expect(await v4('POST', '/acl/explain', question)).toMatchObject([
      200,
      { data: { allowed: false, rule: { number: 1 } } },
    ]);
    expect((await broker.nanomq('reload')).stdout).not.toContain('applied');
  });

  it('who is banned is disconnected with 0x98 and stays out, over a restart too, until the ban is lifted', async () => {
    await v4('POST', '/users', { username: 'anna', password: SECRET });
    const client = await connect({ username: 'anna', password: SECRET });
    const told = new Promise((resolve) => {
      client.once('disconnect', ({ reasonCode }: IDisconnectPacket) => resolve(reasonCode));
    });
    const ban = { kind: 'username', value: 'anna', reason: 'noise' };
    expect(await v4('POST', '/bans', ban)).toEqual([200, { code: 0, data: { disconnected: 1 } }]);
    expect(await told).toBe(0x98);
    expect(await isAdmitted('anna', SECRET)).toBe(false);
    expect((await broker.nanomq('restart')).code).toBe(0);
    expect(await isAdmitted('anna', SECRET)).toBe(false);
    const { text } = await broker.call('GET', '/metrics');
    expect(text).toMatch(/^nanomq_denials_total\{reason="banned"\} [1-9]/m);
    expect(text).toContain('nanomq_bans 1\n');
    expect(await v4('DELETE', '/bans/username/anna')).toEqual([200, { code: 0 }]);
    expect(await isAdmitted('anna', SECRET)).toBe(true);
  });
});

describe('TLS over the API', () => {
  it('req 12 with PEM texts opens a TLS listener, other texts change its certificate, wrong ones change nothing', async () => {
    broker = await startAdministered('log.level = info\n');
    const port = await freePort();
    const [key, cert, cacert] = ['server.key', 'server.pem', 'ca.pem'].map((name) => certs.read(name).toString());
    await broker.v1({
      req: 12,
      data: { tls: { enable: true, url: `tls+nmq-tcp://127.0.0.1:${port}`, key, cert, cacert } },
    });
    const { data } = await broker.v1({ req: 11 });
    expect(data).toMatchObject({ tls: { enable: true, key, cert, cacert } });
    const secure = () => connect({ ca: certs.read('ca.pem') }, `mqtts://localhost:${port}`);
    await expect.poll(() => secure().then(() => 'admitted'), { timeout: PATIENCE_MS }).toBe('admitted');
    const subjects = async () => {
      const [, body] = await v4('GET', '/listeners');
      return (body as { data: { kind: string; certificate: { subject: string } }[] }).data
        .filter(({ kind }) => kind === 'tls')
        .map(({ certificate }) => certificate.subject);
    };
    const [first] = await subjects();
    expect(first).toContain('CN=');
    expect((await broker.call('GET', '/metrics')).text).toMatch(
      /^nanomq_certificate_days\{listener="ssl:default"\} \d+$/m,
    );
    const before = [await broker.readText(), await readdir(broker.folder)];
    await expect(broker.v1({ req: 12, data: { tls: { cert: 'no certificate' } } })).rejects.toThrow(
      /400.*data\.tls\.cert/,
    );
    const other = certs.read('client.key').toString();
    await expect(broker.v1({ req: 12, data: { tls: { key: other } } })).rejects.toThrow(/400/);
    expect([await broker.readText(), await readdir(broker.folder)]).toEqual(before);
    await secure();
    const [otherKey, otherCert] = ['client.key', 'client.pem'].map((name) => certs.read(name).toString());
    await broker.v1({ req: 12, data: { tls: { key: otherKey, cert: otherCert } } });
    expect(await subjects()).not.toEqual([first]);
    expect((await readdir(broker.folder)).filter((name) => name.endsWith('.pem'))).toHaveLength(3);
    const shown = await broker.call('GET', '/api/v4/configuration/tls');
    expect(shown.text).not.toContain('PRIVATE KEY');
    expect(broker.printed()).not.toContain('PRIVATE KEY');
  });
});
