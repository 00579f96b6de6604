import { TurnQueue } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AdminParts } from '../../src/admin-options.ts';
import { openApiDocument } from '../../src/openapi/openapi-document.ts';
import type { JsonSchema } from '../../src/openapi/openapi-types.ts';
import { failureReply } from '../../src/v4/reply-schemas.ts';
import { v4Routes } from '../../src/v4/v4-routes.ts';
import { AdminHarness, TEST_OPTIONS } from '../support/admin-harness.ts';
import { bridgeStatus, listenerView } from '../support/fake-parts.ts';
import { FakeAdmin, FakeConfig } from '../support/fake-ports.ts';

/** What a client may call itself or publish to, and more. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"; }],"code":102,"x":"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution of HOCON, were it not text
  '${HOME} ${?PATH}',
  'line\nfeed\r\ttab',
  '\u0000\u0001\u001f\u007f\u0085',
  '\u2028\u2029\ufeff',
  '__proto__',
  'constructor',
  '😀 ünïcode \u202e',
  '%00%2e%2e/%c0%af',
  '../../etc/passwd',
  'a+b c&d=e?f#g',
  '$share/x/y/',
];

interface FormCase {
  readonly name: string;
  /** Below `/api/v4`. */
  readonly path: (text: string) => string;
  readonly body?: (text: string) => unknown;
}

const at = (path: string) => (): string => path;
const below =
  (path: string, tail = '') =>
  (text: string): string =>
    `${path}/${encodeURIComponent(text)}${tail}`;
const asked =
  (path: string) =>
  (text: string): string =>
    `${path}=${encodeURIComponent(text)}`;

/** The configuration takes any name but this one, which no section can have. */
function bridgeName(text: string): string {
  return text === '__proto__' ? 'constructor' : text;
}

/** A call of every endpoint that can succeed; the text stands in every place a caller can fill. */
const SUCCESSES: readonly FormCase[] = [
  { name: 'list_endpoints', path: at('/') },
  { name: 'list_brokers', path: at('/brokers?page=1') },
  { name: 'list_nodes', path: at('/nodes') },
  { name: 'list_clients', path: at('/clients') },
  { name: 'list_clients', path: at('/clients?page=2&limit=3') },
  { name: 'list_clients', path: asked('/clients?clientid') },
  { name: 'list_clients', path: asked('/clients?conn_state=connected&proto_name=MQTT&username') },
  { name: 'lookup_client', path: below('/clients') },
  { name: 'lookup_client_via_username', path: below('/clients/username') },
  { name: 'kick_client', path: below('/clients') },
  { name: 'list_subscriptions', path: asked('/subscriptions?topic') },
  { name: 'list_subscriptions', path: asked('/subscriptions?limit=2&share') },
  { name: 'list_client_subscriptions', path: below('/subscriptions') },
  { name: 'list_topic_tree', path: at('/topic-tree') },
  { name: 'list_metrics', path: at('/metrics') },
  { name: 'mqtt_publish', path: at('/mqtt/publish'), body: (text) => ({ topic: text, clientid: text, payload: text }) },
  {
    name: 'mqtt_publish_batch',
    path: at('/mqtt/publish_batch'),
    body: (text) => [{ topics: `${text},x`, payload: text }, { topic: text }, text],
  },
  { name: 'mqtt_subscribe', path: at('/mqtt/subscribe'), body: (text) => ({ topic: text, clientid: text }) },
  {
    name: 'mqtt_subscribe_batch',
    path: at('/mqtt/subscribe_batch'),
    body: (text) => [{ topic: text, clientid: text, qos: 2 }, { topic: text, clientid: 'nobody' }, { clientid: text }],
  },
  { name: 'mqtt_unsubscribe', path: at('/mqtt/unsubscribe'), body: (text) => ({ topic: text, clientid: text }) },
  {
    name: 'mqtt_unsubscribe_batch',
    path: at('/mqtt/unsubscribe_batch'),
    body: (text) => [
      { topic: text, clientid: text },
      { topic: 'none', clientid: text },
    ],
  },
  { name: 'list_retained', path: at('/retained') },
  { name: 'list_retained', path: asked('/retained?page=1&topic') },
  { name: 'lookup_retained', path: below('/retained') },
  { name: 'delete_retained', path: below('/retained') },
  { name: 'delete_retained_by_filter', path: asked('/retained?topic') },
  { name: 'get_reload', path: at('/reload') },
  { name: 'reload', path: at('/reload') },
  { name: 'reload', path: at('/reload'), body: () => ({ data: { msq_len: 10, qos_duration: 3 } }) },
  { name: 'get_configuration', path: at('/configuration') },
  { name: 'get_configuration_section', path: at('/configuration/http_server') },
  { name: 'get_configuration_section', path: at('/configuration/bridge') },
  {
    name: 'set_configuration',
    path: at('/configuration'),
    body: (text) => ({ data: { http_server: { username: text, password: text }, tls: { keypass: text } } }),
  },
  {
    name: 'set_configuration_section',
    path: at('/configuration/tls'),
    body: (text) => ({ data: { tls: { key_password: text, verify_peer: true } } }),
  },
  { name: 'update_config_file', path: at('/config_update'), body: (text) => text },
  { name: 'ctrl_broker', path: at('/ctrl/Restart') },
  { name: 'get_configuration_section', path: at('/configuration/limits') },
  { name: 'list_listeners', path: at('/listeners') },
  { name: 'list_bridges', path: at('/bridges') },
  { name: 'lookup_bridge', path: below('/bridges') },
  {
    name: 'update_bridge',
    path: (text) => `/bridges/${encodeURIComponent(bridgeName(text))}`,
    body: (text) => ({ [bridgeName(text)]: { username: text, ssl: { key_password: text }, keepalive: 30 } }),
  },
  {
    name: 'switch_bridge',
    path: below('/bridges/switch'),
    body: () => ({ data: { bridge_switch: false } }),
  },
  {
    name: 'subscribe_bridge',
    path: below('/bridges/sub'),
    body: (text) => ({
      data: {
        subscription: [{ remote_topic: text, local_topic: text, qos: 1 }],
        sub_properties: { user_properties: [{ key: text, value: text }] },
      },
    }),
  },
  {
    name: 'unsubscribe_bridge',
    path: below('/bridges/unsub'),
    body: (text) => ({ data: { unsubscription: [{ topic: text }] } }),
  },
  { name: 'list_users', path: at('/users?limit=3') },
  { name: 'create_user', path: at('/users'), body: (text) => ({ username: `new ${text}`, password: text }) },
  {
    name: 'update_user',
    path: below('/users'),
    body: (text) => ({ password: `${text}2`, old_password: text }),
  },
  { name: 'delete_user', path: below('/users') },
  { name: 'get_acl', path: at('/acl') },
  {
    name: 'update_acl',
    path: at('/acl'),
    body: (text) => ({ rules: [{ permit: 'deny', username: text, topics: [text] }], no_match: 'deny' }),
  },
  {
    name: 'explain_acl',
    path: at('/acl/explain'),
    body: (text) => ({ clientid: text, username: text, remote_address: text, action: 'receive', topic: text }),
  },
  { name: 'list_bans', path: at('/bans?page=1') },
  {
    name: 'create_ban',
    path: at('/bans'),
    body: (text) => ({ kind: 'username', value: text, reason: text, seconds: 60 }),
  },
  { name: 'delete_ban', path: below('/bans/clientid') },
];

/** Refused whatever the caller says: their package does not exist yet. */
const CLOSED = /rule/;
/** Not JSON: tests of their own. */
const TEXTS = ['list_prometheus_metrics', 'read_events'];

/** Refused where the broker has no such part. */
const OPTIONAL = /bridge|user(?!name)|acl|ban|listeners/;

const parts: AdminParts = {
  options: TEST_OPTIONS,
  admin: new FakeAdmin(),
  config: new FakeConfig(),
  steps: new TurnQueue((callback) => void setImmediate(callback)),
  identity: { version: '0.1.0', startedAtMs: 0 },
  logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  nowMs: () => 1,
};
const routes = v4Routes(parts);
const { paths, components } = openApiDocument(parts);
const operations = Object.values(paths).flatMap((methods) => Object.values(methods));

function routeNamed(name: string) {
  const route = routes.find((it) => it.name === name);
  if (route === undefined) throw new Error(`no route ${name}`);
  return route;
}

/** The form the document promises, as a check of its own. */
function documented(name: string, status: number): z.ZodType {
  const operation = operations.find(({ operationId }) => operationId === name);
  const schema = operation?.responses[String(status)]?.content?.['application/json']?.schema;
  if (schema === undefined) throw new Error(`${name} does not document status ${status}`);
  const isReference = '$ref' in schema;
  return z.fromJSONSchema((isReference ? components.schemas.Failure : schema) as JsonSchema);
}

function hostileBridge(text: string) {
  return {
    server: `mqtt-tcp://${encodeURIComponent(text)}:1883`,
    username: text,
    password: text,
    forwards: [{ local_topic: text }],
    subscription: [{ remote_topic: text, qos: 1 }],
    will: { topic: text, payload: text },
    conn_properties: { user_property: { k: text } },
    sub_properties: { identifier: 1 },
    ssl: { enable: true, keyfile: text, key_password: text },
  };
}

function hostileStatus(text: string) {
  return bridgeStatus({
    lastError: { text, atMs: 1_700_000_000_000 },
    server: text,
    droppedOutByReason: { [`-${text}`]: 1 },
    oldestBacklogMs: 1500,
    sentRate: 0.5,
  });
}

/** A broker in which every hostile text is a client, a filter, a topic, a user and a bridge. */
async function hostileHarness(): Promise<AdminHarness> {
  const harness = await AdminHarness.open();
  const { admin, config, parts: optional } = harness;
  const will = { payload: Buffer.from([0xff, 0x00, 0x22]) };
  for (const text of HOSTILE) {
    admin.addClient(
      { clientId: text, username: text, sessionExpirySeconds: 0xffff_ffff, will: { topicName: text, ...will } },
      [text, 1],
    );
    optional.users.passwords.set(text, text);
    optional.bans.rows.push({ kind: 'clientid', value: text, reason: text, untilMs: null });
    optional.bridges.rows.push({ name: text, settings: hostileBridge(text), status: hostileStatus(text) });
    admin.retainedRows.push({ topicName: text, qos: 2, payload: Buffer.from(text), expiresAtMs: Infinity });
  }
  optional.bans.rows.push({ kind: 'address', value: '::1', reason: '', untilMs: 1_800_000_000_000 });
  optional.listeners.rows = [
    listenerView(),
    listenerView({ name: HOSTILE[0] ?? '', kind: 'unix', port: 0, host: HOSTILE[1] ?? '', certificate: null }),
  ];
  optional.acl.rulePlaces = HOSTILE.map((text, i) => (i === 0 ? null : { file: text, line: i }));
  optional.acl.explanation = {
    isAllowed: false,
    rule: {
      number: 2,
      place: { file: HOSTILE[0] ?? '', line: 7 },
      text: JSON.stringify({ permit: 'deny', topics: HOSTILE }),
    },
    text: HOSTILE.join(),
  };
  admin.addClient({ clientId: 'offline', isOnline: false, connectedAtMs: 0, protocolVersion: 3 }, ['$share/g/a/#', 2]);
  admin.retainedRows.push({ topicName: 'bin', qos: 0, payload: Buffer.from([0xff]), expiresAtMs: 1_700_000_000_000 });
  admin.tree = [
    [{ level: '', childCount: 1, clientIds: [] }],
    HOSTILE.map((text) => ({ level: text, childCount: 0, clientIds: [text] })),
    [],
    [{ level: 'x', childCount: 0, clientIds: [] }],
  ];
  const every = <T>(of: (text: string) => T): Record<string, T> =>
    Object.fromEntries(HOSTILE.map((text) => [`-${text}`, of(text)]));
  const request = { url: HOSTILE[0] ?? '', headers: every((text) => text), params: every(() => '%u') };
  config.tree = {
    ...config.tree,
    auth: {
      password: every((text) => text),
      http_auth: { auth_req: request },
      acl: { rules: HOSTILE.map((text) => ({ permit: 'allow', action: 'pubsub', clientid: text, topics: [text] })) },
    },
    bridges: { mqtt: every(hostileBridge) },
  };
  return harness;
}

describe('every reply has the form the route states and the document shows', () => {
  it.each(SUCCESSES)('$name: success whatever the text', async ({ name, path, body }) => {
    const { method, reply } = routeNamed(name);
    if (!('json' in reply)) throw new Error('no JSON');
    const form = documented(name, 200);
    const harness = await hostileHarness();
    for (const text of HOSTILE) {
      const {
        status,
        headers,
        text: sent,
      } = await harness.call({
        method,
        path: `/api/v4${path(text)}`,
        body: body?.(text),
      });
      expect([text, status, headers['content-type']], sent).toEqual([text, 200, 'application/json; charset=utf-8']);
      const json: unknown = JSON.parse(sent);
      expect(reply.json.parse(json)).toEqual(json);
      expect(form.safeParse(json).error).toBeUndefined();
    }
  });

  it.each(routes.filter(({ reply }) => 'json' in reply))('$name: refusal', async (route) => {
    const harness = await AdminHarness.open();
    harness.admin.fault = new Error('boom');
    harness.config.refusal = new Error('boom');
    const path = `/api/v4${route.path.replace(/[:*]\w+/g, 'x')}`;
    const { status, body } = await harness.json({ method: route.method, path, body: 'no JSON' });
    if (status === 200) return expect(route.name).toMatch(/^(?:list_|lookup_bridge|get_)/);
    expect(failureReply.parse(body)).toEqual(body);
    expect(documented(route.name, status).safeParse(body).error).toBeUndefined();
  });

  it('every route is called above, or is known to be closed', () => {
    const called = new Set([...SUCCESSES.map(({ name }) => name), ...TEXTS]);
    const missing = routes.map(({ name }) => name).filter((name) => !called.has(name));
    expect(missing.filter((name) => !CLOSED.test(name))).toEqual([]);
    expect(missing.length).toBe(5);
  });

  it.each(routes.filter(({ name }) => CLOSED.test(name) || OPTIONAL.test(name)))(
    '$name: 501/111 where there is no such part',
    async (route) => {
      const harness = await AdminHarness.openBare();
      const path = `/api/v4${route.path.replace(/[:*]\w+/g, 'x')}`;
      const { status, body } = await harness.json({ method: route.method, path, body: {} });
      expect([status, body.code]).toEqual([501, 111]);
      expect(body.msg).toContain('not part of this broker yet');
      expect(documented(route.name, 501).safeParse(body).success).toBe(true);
    },
  );
});

describe('API v1 answers as the document shows', () => {
  const operation = paths['/api/v1']?.post;
  const form = (status: string): z.ZodType =>
    z.fromJSONSchema(operation?.responses[status]?.content?.['application/json']?.schema as JsonSchema);
  const request = z.fromJSONSchema(operation?.requestBody?.content['application/json']?.schema as JsonSchema);

  it.each([
    [{ req: 2, seq: 1 }],
    [{ req: 4, seq: 1 }],
    [{ req: 5, seq: 1 }],
    [{ req: 10, seq: 1, action: 'restart' }],
    [{ req: 11, seq: 1 }],
    [{ req: 12, seq: 1, data: { msq_len: 7, http_server: { password: HOSTILE[0] } } }],
    [{ req: 13, seq: 1 }],
  ])('%j', async (body) => {
    const harness = await hostileHarness();
    expect(request.safeParse(body).error).toBeUndefined();
    const reply = await harness.json({ body });
    expect(reply.status).toBe(200);
    expect(form('200').safeParse(reply.body).error).toBeUndefined();
  });

  it.each([
    [{ req: 2 }, 400],
    [{ req: 99, seq: 1 }, 400],
    [[], 400],
  ])('%j is refused', async (body, status) => {
    const harness = await AdminHarness.open();
    const reply = await harness.json({ body });
    expect(reply.status).toBe(status);
    expect(form(String(status)).safeParse(reply.body).error).toBeUndefined();
    expect(request.safeParse(body).success).toBe(false);
  });
});
