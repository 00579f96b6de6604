import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, type NanomqConfig } from '@nanomq-ts/config';
import { BanTable } from '@nanomq-ts/core';
import { RawClient, type RawConnectOptions, TcpLink } from '@nanomq-ts/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ComposedShard, type ShardSeat } from '../src/compose-shard.ts';
import { SystemClock } from '../src/system-clock.ts';
import { temporaryFolder } from './cli/fake-surroundings.ts';
import { EdgeCerts } from './e2e/edge-broker.ts';
import { RecordingLogger } from './embedded/recording-logger.ts';

const USERS = 'auth { allow_anonymous = false, password { ann = "pw" } }';

const configOf = (text: string): NanomqConfig =>
  loadConfig({
    env: {},
    flags: {},
    cwd: '/',
    text: `listeners.tcp.bind = "127.0.0.1:0"\nmqtt.sys_interval = 0s\n${text}`,
  }).config;

/** A shard that listens on loopback; it goes away with the test. */
async function open(text: string, more: Partial<ShardSeat> = {}) {
  const logger = new RecordingLogger();
  const seat = { config: configOf(text), cwd: '/', clock: new SystemClock(), logger, ...more };
  const composed = new ComposedShard(seat);
  onTestFinished(() => composed.close());
  const [address] = await composed.listen();
  const port = address?.port ?? 0;
  const connect = async (options: RawConnectOptions) => {
    const link = await TcpLink.open(port);
    onTestFinished(() => link.destroy());
    const client = new RawClient(link, 5);
    return { client, connack: await client.connect(options) };
  };
  const change = async (next: string) => (await composed.prepare(configOf(next))).commit();
  return { composed, connect, change, logger };
}

const reasonOf = async (connected: Promise<{ connack: { reasonCode?: number } }>) =>
  (await connected).connack.reasonCode;

describe('who may enter', () => {
  it.each<[string, string, RawConnectOptions, number]>([
    ['anyone by default', '', {}, 0],
    ['nobody without a name, when so configured', 'auth.allow_anonymous = false', {}, 0x86],
    ['a user with the password', USERS, { username: 'ann', password: 'pw' }, 0],
    ['a user with another password', USERS, { username: 'ann', password: 'no' }, 0x86],
    ['another user', USERS, { username: 'bob', password: 'pw' }, 0x86],
    ['nobody without a name in the hardened profile', 'profile = hardened', {}, 0x86],
  ])('%s', async (_, text, options, expected) => {
    const { connect } = await open(text);
    expect(await reasonOf(connect({ clientId: 'c', ...options }))).toBe(expected);
  });

  it('wrong credentials are refused also where strangers may enter', async () => {
    const { connect } = await open('auth.password { ann = "pw" }');
    expect(await reasonOf(connect({ clientId: 'c' }))).toBe(0);
    expect(await reasonOf(connect({ clientId: 'c', username: 'ann', password: 'no' }))).toBe(0x86);
  });

  it('and the log says who was refused, where and why', async () => {
    const { connect, logger } = await open(USERS);
    await connect({ clientId: 'c', username: 'ann', password: 'no' });
    const fields = {
      clientId: 'c',
      username: 'ann',
      listener: 'tcp:default',
      remoteAddress: '127.0.0.1',
      reasonCode: '0x86',
    };
    expect(logger.told).toContainEqual({ level: 'info', fields, text: 'CONNECT refused: not authorized' });
  });

  it('nobody who is banned', async () => {
    const bans = new BanTable();
    const { connect } = await open('', { bans });
    bans.add({ by: 'client_id', value: 'c', untilMs: Number.POSITIVE_INFINITY, reason: 'x' }, 0);
    expect(await reasonOf(connect({ clientId: 'c' }))).toBe(0x8a);
  });
});

it('with level debug the log says who comes and goes', async () => {
  const { connect, logger } = await open('');
  const { client } = await connect({ clientId: 'c' });
  client.destroy();
  const told = () =>
    logger.told.filter(({ level }) => level === 'debug').map(({ text, fields }) => [text, fields.clientId]);
  await expect.poll(told).toEqual([
    ['client connected', 'c'],
    ['client disconnected', 'c'],
  ]);
});

describe('whom a TLS listener turns away before the handshake', () => {
  let certs: EdgeCerts;
  beforeAll(() => {
    certs = EdgeCerts.make();
  });
  afterAll(() => certs.remove());

  const ssl = 'listeners.ssl { bind = "127.0.0.1:0", certfile = server.pem, keyfile = server.key }';

  it.each<[string, string, (bans: BanTable) => void]>([
    [
      'an address that is banned',
      '',
      (bans) => void bans.add({ by: 'address', value: '127.0.0.1', untilMs: Number.POSITIVE_INFINITY, reason: '' }, 0),
    ],
    ['an address that has all its connections', 'mqtt.max_connections_per_address = 1', () => {}],
  ])('%s', async (_, text, prepare) => {
    const bans = new BanTable();
    const { composed, connect } = await open(`${ssl}\n${text}`, { cwd: certs.folder, bans });
    await connect({ clientId: 'c' });
    prepare(bans);
    const link = await TcpLink.open(composed.listeners.portOf('ssl:default') ?? 0);
    await expect.poll(() => link.isClosed).toBe(true);
    const tls = composed.listeners.all.find(({ kind }) => kind === 'tls');
    expect(tls?.refusals).toMatchObject({ denied: 1, tlsProtocol: 0 });
  });
});

describe('a change', () => {
  it('of users, rules and limits holds at once, for who is connected too', async () => {
    const { connect, change } = await open(USERS);
    const { client } = await connect({ clientId: 'c', username: 'ann', password: 'pw' });
    client.publish('a', '1', { qos: 1 });
    expect(await client.next('puback')).toMatchObject({ reasonCode: 0x10 });
    await change(
      `${USERS}\nauth.password { bob = "pw" }\nauth.acl.rules = [{ permit = deny, action = publish }]\nmqtt.max_connections = 1`,
    );
    client.publish('a', '1', { qos: 1 });
    expect(await client.next('puback')).toMatchObject({ reasonCode: 0x87 });
    expect(await reasonOf(connect({ clientId: 'd', username: 'bob', password: 'pw' }))).toBe(0x89);
  });

  it('that is not committed changes nothing', async () => {
    const { composed, connect } = await open('');
    const prepared = await composed.prepare(configOf(`${USERS}\nmqtt.max_connections = 1`));
    await prepared.discard();
    expect(await reasonOf(connect({ clientId: 'c' }))).toBe(0);
    expect(await reasonOf(connect({ clientId: 'd' }))).toBe(0);
  });

  it.each([
    ['a key that is not there', 'auth.jwt { algorithm = ES256, keyfile = "none.pem" }', 'AuthError'],
    [
      'a listener that cannot be opened',
      'listeners.ssl { bind = "127.0.0.1:0", certfile = c, keyfile = k }',
      'ListenError',
    ],
  ])('is refused as a whole for %s', async (_, text, name) => {
    const { composed, connect } = await open('');
    const config = configOf(`auth.allow_anonymous = false\n${text}`);
    await expect(composed.prepare(config)).rejects.toMatchObject({ name });
    expect(await reasonOf(connect({ clientId: 'c' }))).toBe(0);
  });
});

it('files of section auth are relative to the working directory', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'keys.json'), JSON.stringify({ keys: [{ kty: 'oct', k: 'a'.repeat(43), alg: 'HS256' }] }));
  const seat = {
    clock: new SystemClock(),
    logger: new RecordingLogger(),
    config: configOf('auth.jwt.jwksfile = keys.json'),
  };
  expect(() => new ComposedShard({ ...seat, cwd: '/nowhere' })).toThrow('/nowhere/keys.json cannot be read');
  new ComposedShard({ ...seat, cwd }).shard.close();
});

it('the seat can be cloned between threads, its ports apart', () => {
  const { config, cwd, sockets } = { config: configOf(USERS), cwd: '/', sockets: { 'tcp:default': { fd: 3 } } };
  expect(structuredClone({ config, cwd, sockets })).toEqual({ config, cwd, sockets });
});
