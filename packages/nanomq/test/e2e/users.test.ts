import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from './free-port.ts';
import { endingOf, NANOMQ, type StartedBroker, startBroker } from './started-broker.ts';

const CANARY = 'canary-7-password';

let broker: StartedBroker;
let secondPort: number;
const clients: MqttClient[] = [];

const configuration = (mqtt: number, http: number, rest = '') => `
listeners.tcp.bind = "127.0.0.1:${mqtt}"
http_server { port = ${http}, password = own }
auth { allow_anonymous = false, password { include "users.conf" }, acl { include "rules.conf" }, no_match = deny }
log.level = debug
${rest}`;

/** Runs `nanomq` beside the broker. @param input  its stdin */
async function nanomq(words: readonly string[], input = ''): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [NANOMQ, ...words], { cwd: broker.folder, env: broker.env });
  const printed: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => printed.push(String(chunk)));
  child.stdin.end(input);
  const { code } = await endingOf(child);
  return { code, printed: printed.join('') };
}

async function connected(options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(broker.url, { protocolVersion: 5, reconnectPeriod: 0, ...options });
  clients.push(client);
  return client;
}

const write = (name: string, text: string) => writeFile(join(broker.folder, name), text);
const reload = () => nanomq(['reload', '--conf', 'nanomq.conf']);

beforeAll(async () => {
  // The broker begins without users, so that the files need not be there before its folder is.
  broker = await startBroker([NANOMQ, 'start'], ({ mqtt }) => `listeners.tcp.bind = "127.0.0.1:${mqtt}"`);
  secondPort = await freePort();
  await write('rules.conf', 'rules = [{"permit": "allow", "username": "ann", "topics": ["ann/#"]}]\n');
  expect(await nanomq(['passwd', 'users.conf', 'ann'], `${CANARY}\n`)).toMatchObject({ code: 0 });
  await write('nanomq.conf', configuration(broker.port, broker.httpPort));
});
afterAll(() => broker?.stop());
afterEach(() => Promise.all(clients.splice(0).map((client) => client.endAsync(true))));

describe('users and rules of a running broker', () => {
  it('hold with a reload, for who is connected too', async () => {
    const stranger = await connected({ clientId: 'stranger' });
    const { code, printed } = await reload();
    expect(printed).toContain('auth.password.ann');
    expect(printed).toContain('needs a restart: ');
    expect(code).toBe(0);
    await expect(stranger.publishAsync('ann/1', 'x', { qos: 1 })).rejects.toMatchObject({ code: 0x87 });
    await expect(connected({ clientId: 'a' })).rejects.toMatchObject({ code: 0x86 });
    await expect(connected({ clientId: 'a', username: 'ann', password: 'no' })).rejects.toMatchObject({ code: 0x86 });
    const ann = await connected({ clientId: 'a', username: 'ann', password: CANARY });
    await ann.subscribeAsync('ann/#', { qos: 1 });
    await ann.publishAsync('ann/1', 'x', { qos: 1 });
    await expect(ann.publishAsync('bob/1', 'x', { qos: 1 })).rejects.toMatchObject({ code: 0x87 });
  });

  it('are added with nanomq passwd, explained with nanomq acl, and opened on a further port', async () => {
    expect(await nanomq(['passwd', '-b', 'users.conf', 'bob', CANARY])).toMatchObject({ code: 0 });
    const further = `listeners.tcp.further.bind = "127.0.0.1:${secondPort}"`;
    await write('nanomq.conf', configuration(broker.port, broker.httpPort, further));
    expect(await reload()).toMatchObject({ code: 0, printed: expect.stringContaining('listeners.tcp.further.bind') });
    const url = `mqtt://127.0.0.1:${secondPort}`;
    const bob = await connectAsync(url, { clientId: 'b', username: 'bob', password: CANARY, reconnectPeriod: 0 });
    clients.push(bob);
    const question = ['--client', 'b', '--user', 'bob', '--action', 'subscribe', '--topic', 'bob/#'];
    const explained = await nanomq(['acl', 'explain', '--conf', 'nanomq.conf', ...question]);
    expect(explained).toEqual({ code: 0, printed: 'denied: no rule matches, auth.no_match = deny\n' });
  });

  it('stay as they are when one thing is wrong, and the log says what', async () => {
    await write('rules.conf', 'rules = [{"permit": "allow", "username": "ann", "topcis": ["#"]}]\n');
    const { code, printed } = await reload();
    expect(code).toBe(1);
    expect(printed).toMatch(/rules\.conf:1:\d+/);
    broker.process.kill('SIGHUP');
    await vi.waitFor(() => expect(broker.printed()).toContain('reload refused'));
    const ann = await connected({ clientId: 'a', username: 'ann', password: CANARY });
    await ann.publishAsync('ann/1', 'x', { qos: 1 });
  });

  it('no password stands in log, commands or files', async () => {
    const users = await readFile(join(broker.folder, 'users.conf'), 'utf8');
    const { printed } = await nanomq(['check', '--conf', 'nanomq.conf']);
    for (const text of [users, printed, broker.printed()]) expect(text).not.toContain(CANARY);
  });
});
