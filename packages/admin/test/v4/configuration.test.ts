import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ChangeRefused } from '../../src/ports/config-port.ts';
import { V4Harness } from '../support/v4-calls.ts';

const SECRET = 'mqtt-s3cret';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
});

type Section = Record<string, unknown>;

async function section(name: string): Promise<unknown> {
  return ((await v4.get(`/configuration/${name}`)).body.data as Record<string, unknown>)[name];
}

function changed(): unknown[] {
  return v4.config.changes.flat().map(({ path, value }) => [path.join('.'), value]);
}

function withSecrets(): void {
  const { tree } = v4.config;
  v4.config.tree = {
    ...tree,
    listeners: { ...(tree.listeners as object), ssl: { bind: '0.0.0.0:8883', key_password: SECRET } },
    auth: {
      allow_anonymous: false,
      password: { anna: SECRET },
      http_auth: {
        timeout: 2500,
        auth_req: { url: `http://u:${SECRET}@x/p@q`, headers: { authorization: SECRET }, params: { clientid: '%c' } },
      },
    },
    http_server: { ...(tree.http_server as object), password: SECRET },
    bridges: {
      mqtt: {
        cache: { enable: true },
        b1: { server: 'mqtt-tcp://x:1883', password: SECRET, keepalive: 30_000, forwards: [{ local_topic: 'a' }] },
      },
      aws: { a1: { server: 'aws', enable: false } },
    },
  };
}

describe('GET /configuration', () => {
  it('shows every section', async () => {
    const { body } = await v4.get('/configuration');
    expect(Object.keys(body.data as object).sort()).toEqual([
      'auth',
      'auth_http',
      'aws_bridge',
      'basic',
      'bridge',
      'http_server',
      'limits',
      'sqlite',
      'tls',
      'websocket',
    ]);
    expect((body.data as { basic: Section }).basic).toEqual({
      url: 'nmq-tcp://0.0.0.0:1883',
      num_taskq_thread: 1,
      max_taskq_thread: 1,
      parallel: 32,
      property_size: 32,
      daemon: false,
      max_packet_size: 262_144,
      client_max_packet_size: 262_144,
      msq_len: 2048,
      qos_duration: 10,
      keepalive_backoff: 1.25,
      allow_anonymous: true,
      ipc_internal: true,
    });
  });

  it('shows one section', async () => {
    expect((await v4.get('/configuration/websocket')).body).toEqual({
      code: 0,
      data: { websocket: { enable: false, url: null, tls_enable: false, tls_url: null } },
    });
  });

  it.each(['nothing', 'constructor', '__proto__', 'Basic'])('%s is no section: 404/101', async (name) => {
    expect(await v4.get(`/configuration/${name}`)).toEqual({
      status: 404,
      body: { code: 101, msg: 'section: no such section' },
    });
    expect((await v4.post(`/configuration/${name}`, { data: {} })).body.code).toBe(101);
  });

  it('shows no secret anywhere', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nanomq-v4-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'key.pem'), `-----BEGIN KEY----- ${SECRET}`);
    await writeFile(join(directory, 'cert.pem'), 'CERTIFICATE');
    withSecrets();
    const listeners = v4.config.tree.listeners as { ssl: object };
    const ssl = { ...listeners.ssl, keyfile: join(directory, 'key.pem'), certfile: join(directory, 'cert.pem') };
    v4.config.tree = { ...v4.config.tree, listeners: { ...listeners, ssl } };
    const { text } = await v4.harness.call({ method: 'GET', path: '/api/v4/configuration' });
    expect(text).not.toContain(SECRET);
    expect(await section('tls')).toMatchObject({ key: '******', key_password: '******', cert: 'CERTIFICATE' });
    expect(await section('auth')).toEqual([{ login: 'anna', password: '******' }]);
    expect(await section('http_server')).toMatchObject({ password: '******', addr: '127.0.0.1' });
    expect(await section('auth_http')).toMatchObject({
      enable: true,
      timeout: 2.5,
      auth_req: {
        url: 'http://******@x/p@q',
        method: 'POST',
        headers: { authorization: '******' },
        params: ['clientid'],
      },
    });
    expect(await section('bridge')).toMatchObject({
      nodes: [
        {
          name: 'b1',
          enable: true,
          connector: { password: '******', keepalive: 30 },
          forwards: [{ local_topic: 'a' }],
        },
      ],
    });
    expect(await section('aws_bridge')).toMatchObject({ nodes: [{ name: 'a1', enable: false }] });
    expect(JSON.stringify(v4.harness.lines)).not.toContain(SECRET);
  });
});

describe('limits', () => {
  const mqtt = { max_connections: 0, queue_qos0: false, flapping: { window: 60_000 }, keepalive_multiplier: 1.5 };

  it('are every setting of section mqtt, those below it joined by a dot', async () => {
    v4.config.tree = { mqtt };
    expect(await section('limits')).toEqual({
      max_connections: 0,
      queue_qos0: false,
      'flapping.window': 60_000,
      keepalive_multiplier: 1.5,
    });
  });

  it('what differs is written; what is sent back as shown is not', async () => {
    v4.config.tree = { mqtt };
    const shown = (await section('limits')) as object;
    const { status } = await v4.post('/configuration/limits', {
      data: { limits: { ...shown, max_connections: 100, 'flapping.window': 30_000 } },
    });
    expect(status).toBe(200);
    expect(changed()).toEqual([
      ['mqtt.max_connections', 100],
      ['mqtt.flapping.window', 30_000],
    ]);
  });
});

describe('POST /configuration', () => {
  it('writes what differs and says what became of it', async () => {
    const data = {
      basic: { url: 'nmq-tcp://0.0.0.0:1884', qos_duration: 20, allow_anonymous: true, max_packet_size: 1.5 },
      http_server: { addr: '10.0.0.1', username: 'root' },
    };
    expect(await v4.post('/configuration', { data })).toEqual({
      status: 200,
      body: {
        code: 0,
        data: {
          applied: ['mqtt.retry_interval', 'http_server.username', 'mqtt.max_packet_size', 'http_server.ip_addr'],
          needs_restart: ['listeners.tcp.bind'],
          unchanged: ['auth.allow_anonymous'],
        },
      },
    });
    expect(changed()).toEqual([
      ['listeners.tcp.bind', '0.0.0.0:1884'],
      ['mqtt.retry_interval', 20_000],
      ['http_server.username', 'root'],
      ['mqtt.max_packet_size', 1536],
      ['http_server.ip_addr', '10.0.0.1'],
    ]);
  });

  it('what is shown, sent back, changes nothing', async () => {
    withSecrets();
    const { data } = (await v4.get('/configuration')).body;
    const { status, body } = await v4.post('/configuration', { data });
    expect([status, (body.data as { applied: unknown }).applied]).toEqual([200, []]);
    expect(v4.config.changes).toEqual([]);
  });

  it('six stars leave a secret as it is; another text replaces it', async () => {
    withSecrets();
    await v4.post('/configuration', { data: { http_server: { password: '******' }, tls: { key_password: '******' } } });
    expect(changed()).toEqual([]);
    await v4.post('/configuration/tls', { data: { tls: { keypass: 'new' } } });
    expect(changed()).toEqual([['listeners.ssl.key_password', 'new']]);
    expect(JSON.stringify(v4.harness.lines)).not.toContain('new');
  });

  it('only the section in the path is applied', async () => {
    const data = { basic: { msq_len: 7 }, http_server: { username: 'root' } };
    expect((await v4.post('/configuration/basic', { data })).status).toBe(200);
    expect(changed()).toEqual([['mqtt.max_mqueue_len', 7]]);
  });

  it.each<[string, string, unknown, number, number, string]>([
    ['no JSON', '', '{', 400, 109, 'the body is not legal JSON'],
    ['an array', '', [], 400, 109, 'the body is no JSON object'],
    ['no data', '', {}, 400, 107, 'data: required'],
    ['another section than the path', '/tls', { data: { basic: {} } }, 400, 107, 'data.tls: required'],
    ['a section nobody knows', '', { data: { colours: {} } }, 400, 108, 'data: Unrecognized key: "colours"'],
    ['a key nobody knows', '', { data: { basic: { colour: 1 } } }, 400, 108, 'data.basic: Unrecognized key: "colour"'],
    ['a wrong type', '', { data: { basic: { msq_len: '7' } } }, 400, 108, 'data.basic.msq_len: '],
    ['an address without its scheme', '', { data: { basic: { url: '0.0.0.0:1' } } }, 400, 108, 'data.basic.url: '],
    [
      'two packet sizes',
      '/basic',
      { data: { basic: { max_packet_size: 1, client_max_packet_size: 2 } } },
      400,
      108,
      'client_max_packet_size: differs',
    ],
    ['a limit that is none', '', { data: { limits: { max_nothing: 1 } } }, 400, 108, 'data.limits.max_nothing: '],
    [
      'a limit said twice',
      '',
      { data: { basic: { msq_len: 1 }, limits: { max_mqueue_len: 2 } } },
      400,
      108,
      'data.limits.max_mqueue_len: differs',
    ],
    [
      'users',
      '',
      { data: { auth: [{ username: 'u', password: 'p' }] } },
      501,
      111,
      'data.auth: cannot be changed here; use /users',
    ],
    [
      'a bridge',
      '/bridge',
      { data: { bridge: { nodes: [{}] } } },
      501,
      111,
      'data.bridge: cannot be changed here; use /bridges',
    ],
    [
      'good and closed',
      '',
      { data: { basic: { msq_len: 7 }, sqlite: { enable: true } } },
      501,
      111,
      'data.sqlite: cannot be changed here; edit the file',
    ],
  ])('%s: nothing is changed', async (_, path, body, status, code, msg) => {
    const reply = await v4.post(`/configuration${path}`, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(reply.body.msg).toContain(msg);
    expect(v4.config.changes).toEqual([]);
  });

  it.each([
    ['invalid', 400, 108],
    ['file', 500, 118],
  ] as const)('refused by the configuration: %s', async (kind, status, code) => {
    v4.config.refusal = new ChangeRefused(kind, [{ path: 'mqtt.max_mqueue_len', text: 'too large' }]);
    expect(await v4.post('/configuration', { data: { basic: { msq_len: 7 } } })).toEqual({
      status,
      body: { code, msg: 'mqtt.max_mqueue_len: too large' },
    });
  });
});
