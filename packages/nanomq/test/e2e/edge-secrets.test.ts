import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync, type IClientOptions } from 'mqtt';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { type EdgeBroker, startEdgeBroker } from './edge-broker.ts';
import { NANOMQ } from './started-broker.ts';

/** Every secret of the configuration and of the clients has it in it, and nothing else does. */
const CANARY = 'Canary7In3The9Mine';
const JWT_SECRET = `${CANARY}-key-of-more-than-32-bytes`;
const DISGUISES = [
  CANARY,
  Buffer.from(`alice:${CANARY}`).toString('base64'),
  Buffer.from(CANARY).toString('hex'),
  JSON.stringify([...Buffer.from(CANARY)]).slice(1, -1),
];

const SECRETS = `
log { to = [console, file], level = trace, file = seen.log }
mqtt.sys_interval = 1s
http_server { username = operator, password = "${CANARY}-http" }
auth {
  allow_anonymous = false
  deny_action = disconnect
  password { alice = "${CANARY}" }
  acl.rules = [{ permit = deny, action = publish, topics = ["forbidden"] }, { permit = allow }]
  jwt { algorithm = HS256, secret = "${JWT_SECRET}" }
  http_auth.auth_req {
    url = "http://user:${CANARY}@127.0.0.1:1/auth"
    headers { authorization = "${CANARY}" }
    params { password = "%P", key = "${CANARY}" }
  }
}
`;

/** Where a secret stands beside something that is wrong. */
const WRONG_LINES = [
  `auth.password { alice = "${CANARY}`,
  `auth.password { alice = "${CANARY}" } auth.acl.rules = [{ permit = "${CANARY}" }]`,
  `auth.password.alice { deep = "${CANARY}" }`,
  `auth.jwt.secret = ["${CANARY}"]`,
  `auth.jwt { algorithm = HS512, secret = "${CANARY}" }`,
  `http_server.pasword = "${CANARY}"`,
  `listeners.ssl.key_password = { a = "${CANARY}" }`,
  `auth.http_auth.auth_req.url = "ftp://user:${CANARY}@127.0.0.1/"`,
];

let broker: EdgeBroker;

beforeAll(async () => {
  broker = await startEdgeBroker(SECRETS);
});
afterAll(() => broker?.stop());

function expectClean(where: string, text: string): void {
  const found = DISGUISES.filter((disguise) => text.includes(disguise));
  expect({ where, found, text: found.length > 0 ? text : '' }).toEqual({ where, found: [], text: '' });
}

function nanomq(...words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const { folder, env } = broker;
    execFile(process.execPath, [NANOMQ, ...words], { cwd: folder, env }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}

async function enters(options: IClientOptions): Promise<boolean> {
  const quiet = { reconnectPeriod: 0, protocolVersion: 5, ...options } as const;
  try {
    const client = await connectAsync(broker.url, quiet);
    await client.publishAsync('allowed', 'x', { qos: 1 });
    client.on('error', () => {});
    await Promise.race([
      client.publishAsync('forbidden', 'x', { qos: 0 }).catch(() => {}),
      new Promise<void>((resolve) => client.once('close', () => resolve())),
    ]);
    await client.endAsync(true);
    return true;
  } catch {
    return false;
  }
}

function token(secret: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp: 9_999_999_999, sub: 'u' })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function api(path: string, password = `${CANARY}-http`, method = 'GET', body?: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;
  const given = { method, headers: { authorization }, signal: AbortSignal.timeout(5000) };
  const url = `http://127.0.0.1:${broker.httpPort}${path}`;
  const answer = await fetch(url, body === undefined ? given : { ...given, body });
  return `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
}

/** Every path of v4 that answers a GET and ends. */
async function readablePaths(): Promise<string[]> {
  const text = await api('/api/openapi.json');
  const { paths } = JSON.parse(text.slice(text.indexOf('{"openapi'))) as { paths: Record<string, object> };
  return Object.entries(paths)
    .filter(([path, methods]) => path.startsWith('/api/v4') && 'get' in methods && !path.endsWith('/events'))
    .map(([path]) => path.replace(/\{[^}]+\}/g, 'alice'));
}

it('CVE-2026-33216: no secret stands in a log, an answer, a message under $SYS or what commands print', async () => {
  const watching = await connectAsync(broker.url, { username: 'alice', password: CANARY, reconnectPeriod: 0 });
  const told: string[] = [];
  watching.on('message', (topic, payload) => told.push(`${topic} ${payload}`));
  await watching.subscribeAsync('$SYS/#');

  expect(await enters({ username: 'alice', password: CANARY, clientId: 'good' })).toBe(true);
  expect(await enters({ username: 'u', password: token(JWT_SECRET) })).toBe(true);
  expect(await enters({ username: 'alice', password: `${CANARY}!` })).toBe(false);
  expect(await enters({ username: 'nobody', password: CANARY })).toBe(false);
  expect(await enters({ username: 'u', password: token(`${JWT_SECRET}!`) })).toBe(false);
  expect(await enters({ username: 'alice', password: CANARY, will: { topic: 'forbidden', payload: CANARY } })).toBe(
    false,
  );

  const paths = await readablePaths();
  expect(paths.length).toBeGreaterThan(10);
  for (const path of paths) expectClean(path, await api(path));
  for (const path of ['/api/v4/clients', '/metrics']) expectClean(`${path}, refused`, await api(path, `${CANARY}?`));
  const badBody = JSON.stringify({ auth: { password: { alice: [CANARY] } } });
  expectClean('a refused change', await api('/api/v4/configuration', undefined, 'PUT', badBody));

  expectClean('nanomq check', await nanomq('check', '--conf', 'nanomq.conf'));
  const good = await readFile(join(broker.folder, 'nanomq.conf'), 'utf8');
  for (const line of WRONG_LINES) {
    await writeFile(join(broker.folder, 'wrong.conf'), `${good}\n${line}\n`);
    const printed = await nanomq('check', '--conf', 'wrong.conf');
    expect(printed).not.toContain('is valid');
    expectClean(`nanomq check of ${line.replace(CANARY, '***')}`, printed);
    await writeFile(join(broker.folder, 'nanomq.conf'), `${good}\n${line}\n`);
    expectClean(`nanomq reload of ${line.replace(CANARY, '***')}`, await nanomq('reload', '--conf', 'nanomq.conf'));
  }
  await writeFile(join(broker.folder, 'nanomq.conf'), good);
  expectClean('nanomq reload', await nanomq('reload', '--conf', 'nanomq.conf'));
  const question = ['--client', 'c', '--user', 'alice', '--action', 'publish', '--topic', 'forbidden'];
  expectClean('nanomq acl explain', await nanomq('acl', 'explain', '--conf', 'nanomq.conf', ...question));

  await vi.waitFor(() => expect(told.length).toBeGreaterThan(5), 10_000);
  await watching.endAsync();
  expectClean('$SYS', told.join('\n'));
  const logs = (await readdir(broker.folder)).filter((name) => name.startsWith('seen.log'));
  const logged = await Promise.all(logs.map((name) => readFile(join(broker.folder, name), 'utf8')));
  expect(logged.join('')).toContain('"level":"debug"');
  expectClean('the log file', logged.join(''));
  expectClean('the console', broker.printed());
}, 120_000);
