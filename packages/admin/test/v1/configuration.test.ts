import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ChangeRefused, type SettingTree } from '../../src/ports/config-port.ts';
import { v1SettingsSchema } from '../../src/v1/v1-settings-schema.ts';
import { AdminHarness } from '../support/admin-harness.ts';
import { settingTree } from '../support/fake-ports.ts';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n';

/** A broker with TLS, WebSocket and two bridges. */
async function fullSettings(): Promise<SettingTree> {
  const dir = await mkdtemp(join(tmpdir(), 'nanomq-admin-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'cert.pem'), CERTIFICATE);
  await writeFile(join(dir, 'key.pem'), KEY);
  return {
    ...settingTree(),
    listeners: {
      tcp: { bind: '[::]:1884' },
      ssl: {
        bind: '0.0.0.0:8883',
        enable: true,
        keyfile: join(dir, 'key.pem'),
        certfile: join(dir, 'cert.pem'),
        cacertfile: join(dir, 'missing.pem'),
        key_password: 'kp',
        verify_peer: true,
        fail_if_no_peer_cert: false,
      },
      ws: { bind: '0.0.0.0:8083/mqtt' },
      wss: { bind: '0.0.0.0:8086/mqtt' },
    },
    bridges: {
      mqtt: {
        cache: { enable: true },
        'first.one': {
          server: 'mqtt-tcp://far:1883',
          proto_ver: 5,
          clientid: 'b1',
          keepalive: 30_500,
          clean_start: false,
          username: 'u',
          password: 'p',
          max_parallel_processes: 4,
          forwards: [{ remote_topic: 'up', local_topic: 'l/#', qos: 2 }],
          subscription: [{ remote_topic: 'r/#', local_topic: 'in', qos: 1, retain_handling: 2 }],
        },
        second: { server: 'mqtt-tcp://other:1883' },
      },
    },
  };
}

const FULL_DATA = {
  url: 'nmq-tcp://[::]:1884',
  num_taskq_thread: 1,
  max_taskq_thread: 1,
  parallel: 32,
  property_size: 32,
  msq_len: 2048,
  qos_duration: 10,
  allow_anonymous: true,
  daemon: false,
  tls: {
    enable: true,
    url: 'tls+nmq-tcp://0.0.0.0:8883',
    key: KEY,
    key_password: 'kp',
    keypass: 'kp',
    cert: CERTIFICATE,
    cacert: null,
    verify_peer: true,
    fail_if_no_peer_cert: false,
  },
  websocket: { enable: true, url: 'nmq-ws://0.0.0.0:8083/mqtt', tls_url: 'nmq-wss://0.0.0.0:8086/mqtt' },
  http_server: { enable: true, port: 8081, username: 'admin', password: 'public', auth_type: 'basic' },
  bridge: {
    bridge_mode: true,
    address: 'mqtt-tcp://far:1883',
    proto_ver: 5,
    clientid: 'b1',
    keepalive: 31,
    clean_start: false,
    parallel: 4,
    username: 'u',
    password: 'p',
    forwards: ['l/#'],
    subscription: [{ topic: 'r/#', qos: 1 }],
  },
};

async function set(harness: AdminHarness, data: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  return harness.json({ body: { req: 12, seq: 1, data } });
}

describe('req 11, get configuration', () => {
  it('shows every key, the first bridge, PEM texts, and null for what is not set', async () => {
    const harness = await AdminHarness.open();
    harness.config.tree = await fullSettings();
    const { body } = await harness.json({ body: { req: 11, seq: 1 } });
    expect(v1SettingsSchema.parse(body.data)).toEqual(FULL_DATA);
    // The authority's file is missing: not an error of the caller, but not a secret either.
    expect(harness.lines).toMatchObject([{ level: 'warn', text: 'admin API: a PEM file cannot be read' }]);
  });

  it('matches its schema when nothing is configured at all', async () => {
    const harness = await AdminHarness.open();
    harness.config.tree = {};
    const { body } = await harness.json({ body: { req: 11, seq: 1 } });
    const data = v1SettingsSchema.parse(body.data);
    expect([data.tls.enable, data.websocket.enable, data.bridge.bridge_mode]).toEqual([false, false, false]);
  });

  it('a section that says enable = false is off', async () => {
    const harness = await AdminHarness.open();
    harness.config.tree = {
      listeners: { ssl: { bind: '0.0.0.0:8883', enable: false }, ws: { bind: '0.0.0.0:8083/mqtt', enable: false } },
      bridges: { mqtt: { b: { server: 'mqtt-tcp://far:1883', enable: false } } },
    };
    const { body } = await harness.json({ body: { req: 11, seq: 1 } });
    const data = v1SettingsSchema.parse(body.data);
    expect([data.tls.enable, data.websocket.enable, data.bridge.bridge_mode]).toEqual([false, false, false]);
  });

  it('with redact_secrets shows ****** for secrets that are set', async () => {
    const harness = await AdminHarness.open({ redactSecrets: true });
    harness.config.tree = await fullSettings();
    const { text } = await harness.call({ body: { req: 11, seq: 1 } });
    const data = v1SettingsSchema.parse(JSON.parse(text).data);
    const mask = '******';
    expect([data.tls.key, data.tls.key_password, data.tls.keypass]).toEqual([mask, mask, mask]);
    expect([data.http_server.password, data.bridge.password, data.tls.cert]).toEqual([mask, mask, CERTIFICATE]);
    expect(text).not.toContain('PRIVATE');
    harness.config.tree = settingTree();
    const unset = v1SettingsSchema.parse((await harness.json({ body: { req: 11, seq: 1 } })).body.data);
    expect([unset.tls.key, unset.tls.key_password, unset.bridge.password]).toEqual([null, null, null]);
  });
});

describe('req 12, set configuration', () => {
  it.each([false, true])('the reply of req 11 sent back changes nothing (redact_secrets %s)', async (redactSecrets) => {
    const harness = await AdminHarness.open({ redactSecrets });
    harness.config.tree = await fullSettings();
    const { body } = await harness.json({ body: { req: 11, seq: 1 } });
    expect((await set(harness, body.data)).body).toEqual({ code: 0, seq: 1, rep: 12 });
    expect(harness.config.changes).toEqual([]);
  });

  it.each([
    ['url', { url: 'nmq-tcp://0.0.0.0:2000' }, 'listeners.tcp.bind', '0.0.0.0:2000'],
    ['num_taskq_thread', { num_taskq_thread: 3 }, 'system.num_taskq_thread', 3],
    ['max_taskq_thread', { max_taskq_thread: 3 }, 'system.max_taskq_thread', 3],
    ['parallel', { parallel: 3 }, 'system.parallel', 3],
    ['daemon', { daemon: true }, 'system.daemon', true],
    ['property_size', { property_size: 3 }, 'mqtt.property_size', 3],
    ['msq_len', { msq_len: 3 }, 'mqtt.max_mqueue_len', 3],
    ['qos_duration', { qos_duration: 3 }, 'mqtt.retry_interval', 3000],
    ['allow_anonymous', { allow_anonymous: false }, 'auth.allow_anonymous', false],
    ['tls.verify_peer', { tls: { verify_peer: false } }, 'listeners.ssl.verify_peer', false],
    ['tls.fail_if_no_peer_cert', { tls: { fail_if_no_peer_cert: true } }, 'listeners.ssl.fail_if_no_peer_cert', true],
    ['tls.enable', { tls: { enable: false } }, 'listeners.ssl.enable', false],
    ['tls.url', { tls: { url: 'tls+nmq-tcp://h:1' } }, 'listeners.ssl.bind', 'h:1'],
    ['tls.keypass', { tls: { keypass: 'new' } }, 'listeners.ssl.key_password', 'new'],
    ['tls.key_password', { tls: { key_password: 'new' } }, 'listeners.ssl.key_password', 'new'],
    ['tls.key null', { tls: { key: null } }, 'listeners.ssl.keyfile', undefined],
    ['tls.key_password null', { tls: { key_password: null } }, 'listeners.ssl.key_password', undefined],
    ['websocket.enable', { websocket: { enable: false } }, 'listeners.ws.enable', false],
    ['websocket.url', { websocket: { url: 'nmq-ws://h:1/m' } }, 'listeners.ws.bind', 'h:1/m'],
    ['websocket.tls_url', { websocket: { tls_url: 'nmq-wss://h:1/m' } }, 'listeners.wss.bind', 'h:1/m'],
    ['http_server.enable', { http_server: { enable: false } }, 'http_server.enable', false],
    ['http_server.port', { http_server: { port: 9000 } }, 'http_server.port', 9000],
    ['http_server.username', { http_server: { username: 'me' } }, 'http_server.username', 'me'],
    ['http_server.password', { http_server: { password: 'pw' } }, 'http_server.password', 'pw'],
    ['http_server.auth_type', { http_server: { auth_type: 'jwt' } }, 'http_server.auth_type', 'jwt'],
    ['bridge.bridge_mode', { bridge: { bridge_mode: false } }, 'bridges.mqtt.first.one.enable', false],
    [
      'bridge.address',
      { bridge: { address: 'tls+mqtt-tcp://x:1' } },
      'bridges.mqtt.first.one.server',
      'tls+mqtt-tcp://x:1',
    ],
    ['bridge.proto_ver', { bridge: { proto_ver: 4 } }, 'bridges.mqtt.first.one.proto_ver', 4],
    ['bridge.proto_ver as text', { bridge: { proto_ver: '3' } }, 'bridges.mqtt.first.one.proto_ver', 3],
    ['bridge.clientid', { bridge: { clientid: null } }, 'bridges.mqtt.first.one.clientid', undefined],
    ['bridge.keepalive', { bridge: { keepalive: 5 } }, 'bridges.mqtt.first.one.keepalive', 5000],
    ['bridge.clean_start', { bridge: { clean_start: true } }, 'bridges.mqtt.first.one.clean_start', true],
    ['bridge.parallel', { bridge: { parallel: 5 } }, 'bridges.mqtt.first.one.max_parallel_processes', 5],
    ['bridge.username', { bridge: { username: 'x' } }, 'bridges.mqtt.first.one.username', 'x'],
    ['bridge.password', { bridge: { password: 'x' } }, 'bridges.mqtt.first.one.password', 'x'],
    ['no forwards', { bridge: { forwards: [] } }, 'bridges.mqtt.first.one.forwards', []],
    [
      'a forward more: the known one keeps what v1 cannot show',
      { bridge: { forwards: ['l/#', 'n'] } },
      'bridges.mqtt.first.one.forwards',
      [
        { remote_topic: 'up', local_topic: 'l/#', qos: 2 },
        { remote_topic: '', local_topic: 'n' },
      ],
    ],
    [
      'another QoS and a subscription more',
      {
        bridge: {
          subscription: [
            { topic: 'r/#', qos: 2 },
            { topic: 's', qos: 0 },
          ],
        },
      },
      'bridges.mqtt.first.one.subscription',
      [
        { remote_topic: 'r/#', local_topic: 'in', qos: 2, retain_handling: 2 },
        { remote_topic: 's', local_topic: '', qos: 0 },
      ],
    ],
  ])('%s becomes one change of the configuration', async (_, data, path, value) => {
    const harness = await AdminHarness.open();
    harness.config.tree = await fullSettings();
    expect((await set(harness, data)).body).toEqual({ code: 0, seq: 1, rep: 12 });
    const changes = harness.config.changes.flat().map((change) => [change.path.join('.'), change.value]);
    expect(changes).toEqual([[path, value]]);
  });

  it.each(['ws://far/mqtt', 'wss://far:8084/mqtt'])(
    'a bridge over WebSocket is shown and taken: %s',
    async (server) => {
      const harness = await AdminHarness.open();
      harness.config.tree = { ...settingTree(), bridges: { mqtt: { b: { server } } } };
      const { body } = await harness.json({ body: { req: 11, seq: 1 } });
      expect(v1SettingsSchema.parse(body.data).bridge.address).toBe(server);
      expect((await set(harness, body.data)).status).toBe(200);
      expect(harness.config.changes).toEqual([]);
      expect((await set(harness, { bridge: { address: `${server}/more` } })).status).toBe(200);
    },
  );

  it('entries with one topic and several targets stay what they are, those without a topic are not shown', async () => {
    const harness = await AdminHarness.open();
    const forwards = [
      { local_topic: 'l/#', remote_topic: 'x' },
      { local_topic: 'l/#', remote_topic: 'y' },
    ];
    const subscription = [
      { remote_topic: 'r', local_topic: 'x', qos: 1 },
      { remote_topic: 'r', local_topic: 'y', qos: 1 },
    ];
    const b = { server: 'mqtt-tcp://far:1', forwards: [...forwards, { qos: 1 }], subscription: [{}, ...subscription] };
    harness.config.tree = { ...settingTree(), bridges: { mqtt: { b } } };
    const { bridge } = v1SettingsSchema.parse((await harness.json({ body: { req: 11, seq: 1 } })).body.data);
    expect(bridge.forwards).toEqual(['l/#', 'l/#']);
    const more = {
      forwards: [...bridge.forwards, 'n'],
      subscription: [...bridge.subscription, { topic: 's', qos: 0 }],
    };
    expect((await set(harness, { bridge: more })).status).toBe(200);
    expect(harness.config.changes.flat().map(({ value }) => value)).toEqual([
      [...forwards, { local_topic: 'n', remote_topic: '' }],
      [...subscription, { remote_topic: 's', local_topic: '', qos: 0 }],
    ]);
  });

  it('a bridge name with a dot in it stays one name', async () => {
    const harness = await AdminHarness.open();
    harness.config.tree = await fullSettings();
    await set(harness, { bridge: { keepalive: 5 } });
    expect(harness.config.changes[0]?.[0]?.path).toEqual(['bridges', 'mqtt', 'first.one', 'keepalive']);
  });

  it('a section that is off stays off when a key makes it stand in the file', async () => {
    const harness = await AdminHarness.open();
    const data = { tls: { url: 'tls+nmq-tcp://h:1' }, websocket: { enable: false, url: 'nmq-ws://h:2' } };
    await set(harness, data);
    const changes = harness.config.changes.flat().map((change) => [change.path.join('.'), change.value]);
    expect(changes).toEqual([
      ['listeners.ssl.bind', 'h:1'],
      ['listeners.ws.bind', 'h:2'],
      ['listeners.ssl.enable', false],
      ['listeners.ws.enable', false],
    ]);
  });

  it.each([
    ['an unknown key', { foo: 1 }, 'data: '],
    ['an unknown key in a section', { tls: { foo: 1 } }, 'data.tls: '],
    ['a number as text', { parallel: '8' }, 'data.parallel: '],
    ['a fraction', { parallel: 1.5 }, 'data.parallel: '],
    ['a negative number', { msq_len: -1 }, 'data.msq_len: '],
    ['a number beyond 32 bits', { msq_len: 2_147_483_648 }, 'data.msq_len: '],
    ['a boolean as text', { daemon: 'true' }, 'data.daemon: '],
    ['a boolean as number', { allow_anonymous: 1 }, 'data.allow_anonymous: '],
    ['null where there is always a value', { parallel: null }, 'data.parallel: '],
    ['another scheme', { url: 'mqtt-tcp://0.0.0.0:1883' }, 'data.url: must begin with nmq-tcp://'],
    ['a blank in an address', { url: 'nmq-tcp://a b' }, 'data.url: must begin with nmq-tcp://'],
    ['a scheme of its regular expression', { tls: { url: 'tlssnmq-tcp://h' } }, 'data.tls.url: '],
    ['a section that is no object', { tls: true }, 'data.tls: '],
    ['port 0', { http_server: { port: 0 } }, 'data.http_server.port: '],
    ['port 65536', { http_server: { port: 65_536 } }, 'data.http_server.port: '],
    ['an empty user', { http_server: { username: '' } }, 'data.http_server.username: '],
    ['an empty password', { http_server: { password: '' } }, 'data.http_server.password: '],
    ['another auth_type', { http_server: { auth_type: 'digest' } }, 'data.http_server.auth_type: '],
    ['protocol version 6', { bridge: { proto_ver: 6 } }, 'data.bridge.proto_ver: '],
    ['QoS 3', { bridge: { subscription: [{ topic: 'a', qos: 3 }] } }, 'data.bridge.subscription.0.qos: '],
    ['a subscription without topic', { bridge: { subscription: [{ qos: 1 }] } }, 'data.bridge.subscription.0.topic: '],
    ['an empty forward', { bridge: { forwards: [''] } }, 'data.bridge.forwards.0: '],
    ['forwards as text', { bridge: { forwards: 'a,b' } }, 'data.bridge.forwards: '],
    ['two passwords of the key', { tls: { keypass: 'a', key_password: 'b' } }, 'data.tls.keypass: differs'],
  ])('%s is 400/108 and changes nothing, although the rest is right', async (_, wrong, message) => {
    const harness = await AdminHarness.open();
    const { status, body } = await set(harness, { qos_duration: 99, ...wrong });
    expect([status, body.code, body.seq, body.rep]).toEqual([400, 108, 1, 12]);
    expect(body.msg).toContain(message);
    expect(harness.config.changes).toEqual([]);
  });

  it('a change the configuration refuses is 400/108 with the name of the key', async () => {
    const harness = await AdminHarness.open();
    harness.config.refusal = new ChangeRefused('invalid', [
      { path: 'mqtt.max_mqueue_len', text: 'must be at most 65535' },
      { path: 'somewhere.else', text: 'is wrong' },
    ]);
    const { status, body } = await set(harness, { msq_len: 100_000 });
    expect([status, body.code]).toEqual([400, 108]);
    expect(body.msg).toBe('data.msq_len (mqtt.max_mqueue_len): must be at most 65535; somewhere.else: is wrong');
  });

  it('a file that cannot be written is 500/102', async () => {
    const harness = await AdminHarness.open();
    harness.config.refusal = new ChangeRefused('file', [{ path: '', text: 'EROFS' }]);
    const { status, body } = await set(harness, { msq_len: 100 });
    expect([status, body.code, body.msg]).toEqual([500, 102, 'EROFS']);
  });

  it('is answered only when the change is applied', async () => {
    const harness = await AdminHarness.open();
    let apply = (): void => {};
    const applied = new Promise<void>((resolve) => {
      apply = resolve;
    });
    const asked = new Promise<void>((resolve) => {
      harness.config.onChange = () => {
        resolve();
        return applied;
      };
    });
    let isAnswered = false;
    const reply = set(harness, { msq_len: 100 }).finally(() => {
      isAnswered = true;
    });
    await asked;
    // Another whole request fits in between.
    await harness.call({ body: { req: 2, seq: 1 } });
    expect(isAnswered).toBe(false);
    apply();
    expect((await reply).body.code).toBe(0);
  });

  it('with redact_secrets takes ****** as unchanged, without it as a password', async () => {
    const masked = await AdminHarness.open({ redactSecrets: true });
    const data = { http_server: { password: '******', username: 'me' } };
    await set(masked, data);
    expect(masked.config.changes.flat().map(({ path }) => path.at(-1))).toEqual(['username']);
    const open = await AdminHarness.open();
    await set(open, data);
    expect(open.config.changes.flat().map(({ path }) => path.at(-1))).toEqual(['username', 'password']);
  });

  it('an empty data is a success that changes nothing', async () => {
    const harness = await AdminHarness.open();
    expect((await set(harness, {})).body).toEqual({ code: 0, seq: 1, rep: 12 });
    expect((await set(harness, { tls: {}, bridge: {} })).body.code).toBe(0);
    expect(harness.config.changes).toEqual([]);
  });
});
