import { beforeEach, describe, expect, it } from 'vitest';
import { ChangeRefused } from '../../src/ports/config-port.ts';
import { bridgeStatus } from '../support/fake-parts.ts';
import { V4Harness } from '../support/v4-calls.ts';

const SECRET = 'canary-p4ssword';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
  v4.parts.bridges.rows = [
    {
      name: 'b1',
      settings: {
        server: `mqtt-tcp://u:${SECRET}@remote.example:1883`,
        proto_ver: 5,
        keepalive: 30_000,
        username: 'u',
        password: SECRET,
        ssl: { enable: true, cacertfile: '/ca.pem', key_password: SECRET },
        forwards: [{ local_topic: 'a/#', remote_topic: '' }],
        conn_properties: { session_expiry_interval: 60 },
      },
      status: bridgeStatus({
        state: 'connecting',
        lastError: { text: 'connection refused', atMs: 1_700_000_000_000 },
        reconnects: 3,
        backlogMessages: 4,
        backlogBytes: 512,
        oldestBacklogMs: 2500,
        sentMessages: 10,
        sentBytes: 1000,
        sentRate: 1.5,
        droppedOutByReason: { queue_full: 2 },
      }),
    },
    { name: 'b2', settings: { server: 'mqtt-tcp://x:1' }, status: bridgeStatus({ state: 'off', lastError: null }) },
  ];
});

describe('GET /bridges', () => {
  it('shows settings and state of each, and no secret', async () => {
    const { body } = await v4.get('/bridges');
    const { nodes } = (body.data as { bridge: { nodes: Record<string, unknown>[] } }).bridge;
    expect(nodes.map(({ name }) => name)).toEqual(['b1', 'b2']);
    expect(nodes[0]).toMatchObject({
      enable: true,
      parallel: 2,
      connector: {
        server: 'mqtt-tcp://******@remote.example:1883',
        proto_ver: 5,
        keepalive: 30,
        password: '******',
        conn_properties: { session_expiry_interval: 60 },
      },
      tls: { enable: true, cacertfile: '/ca.pem', key_password: '******', verify_peer: true },
      forwards: [{ local_topic: 'a/#', remote_topic: '' }],
      status: {
        state: 'connecting',
        since: '2023-11-14T22:13:20.000Z',
        last_error: { text: 'connection refused', at: '2023-11-14T22:13:20.000Z' },
        reconnects: 3,
        backlog: { messages: 4, bytes: 512, oldest_seconds: 2.5 },
        sent: { messages: 10, bytes: 1000, rate: 1.5 },
        dropped_out: { queue_full: 2 },
        dropped_in: {},
      },
    });
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  it.each([
    ['b2', ['b2']],
    ['nobody', []],
  ])('/bridges/%s', async (name, names) => {
    const { status, body } = await v4.get(`/bridges/${name}`);
    const { nodes } = (body.data as { bridge: { nodes: { name: string }[] } }).bridge;
    expect([status, nodes.map((node) => node.name)]).toEqual([200, names]);
  });

  it('GET /metrics has an entry for each, under the names of NanoMQ', async () => {
    const { metrics } = (await v4.get('/metrics')).body as { metrics: unknown[] };
    expect(metrics[0]).toEqual({
      'bridge name': 'b1',
      'sent messages': 10,
      'received messages': 0,
      'sent bytes': 1000,
      'received bytes': 0,
      'MQTT reconnect times': 3,
      'uplink msg dropped': 2,
      'downlink msg dropped': 0,
    });
  });
});

describe('PUT /bridges/{name}', () => {
  it('changes what is asked for; what is masked stays', async () => {
    const settings = { server: 'mqtt-tcp://y:1', password: '******', keepalive: 20, ssl: { key_password: '******' } };
    const { status, body } = await v4.put('/bridges/b1', { b1: settings });
    expect([status, (body.data as { applied: unknown[] }).applied.length]).toEqual([200, 3]);
    const asked = { server: 'mqtt-tcp://y:1', ssl: {}, keepalive: '20s' };
    expect(v4.parts.bridges.orders).toEqual([['change', 'b1', asked]]);
    await v4.put('/bridges/b1', { b1: { keepalive: '1m', password: null } });
    expect(v4.parts.bridges.orders[1]).toEqual(['change', 'b1', { keepalive: '1m', password: null }]);
  });

  it.each<[string, string, unknown, number, number]>([
    ['another name in the body', 'b1', { b2: {} }, 400, 108],
    ['two names', 'b1', { b1: {}, b2: {} }, 400, 108],
    ['nothing', 'b1', {}, 400, 107],
    ['no section', 'b1', { b1: 5 }, 400, 108],
    ['sections without end', 'b1', `{"b1":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`, 400, 108],
    ['no JSON object', 'b1', [], 400, 109],
    ['a bridge that is not there', 'nobody', { nobody: {} }, 404, 115],
  ])('%s', async (_, name, body, status, code) => {
    const reply = await v4.put(`/bridges/${name}`, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(v4.parts.bridges.orders).toEqual([]);
  });

  it('what the configuration refuses is 400/108 and names the key', async () => {
    v4.parts.bridges.refusal = new ChangeRefused('invalid', [{ path: 'bridges.mqtt.b1.server', text: 'no URL' }]);
    const { status, body } = await v4.put('/bridges/b1', { b1: { server: 'x' } });
    expect([status, body]).toEqual([400, { code: 108, msg: 'bridges.mqtt.b1.server: no URL' }]);
  });
});

describe('switch, sub, unsub', () => {
  it('are passed on', async () => {
    await v4.post('/bridges/switch/b2', { data: { bridge_switch: true } });
    await v4.post('/bridges/sub/b1', {
      data: {
        subscription: [
          { remote_topic: 'cmd/4', local_topic: 't4', qos: 1, retain_as_published: 1, retain_handling: 0 },
          { remote_topic: 'x' },
        ],
        sub_properties: { identifier: 1, user_properties: [{ key: 'k', value: 'v' }] },
      },
    });
    await v4.post('/bridges/unsub/b1', { data: { unsubscription: [{ topic: 'cmd/1' }], unsub_properties: {} } });
    expect(v4.parts.bridges.orders).toEqual([
      ['switch', 'b2', true],
      [
        'subscribe',
        'b1',
        [
          { remoteTopic: 'cmd/4', localTopic: 't4', qos: 1, retainAsPublished: true, retainHandling: 0 },
          { remoteTopic: 'x', localTopic: '', qos: 0 },
        ],
        { subscriptionIdentifier: 1, userProperties: [['k', 'v']] },
      ],
      ['unsubscribe', 'b1', ['cmd/1'], {}],
    ]);
  });

  it.each<[string, string, unknown, number, number]>([
    ['switched to what it is', 'switch/b1', { data: { bridge_switch: true } }, 400, 108],
    ['switched without a word', 'switch/b1', { data: {} }, 400, 107],
    ['nobody switched', 'switch/x', { data: { bridge_switch: true } }, 404, 108],
    ['nobody subscribed', 'sub/x', { data: { subscription: [{ remote_topic: 'a' }] } }, 404, 108],
    ['nothing subscribed', 'sub/b1', { data: { subscription: [] } }, 400, 108],
    ['a QoS that is none', 'sub/b1', { data: { subscription: [{ remote_topic: 'a', qos: 3 }] } }, 400, 108],
    ['nobody unsubscribed', 'unsub/x', { data: { unsubscription: [{ topic: 'a' }] } }, 404, 108],
    ['no list', 'unsub/b1', { data: {} }, 400, 107],
  ])('%s', async (_, path, body, status, code) => {
    const reply = await v4.post(`/bridges/${path}`, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(v4.parts.bridges.orders).toEqual([]);
  });

  it('a remote broker that refuses, or a link that is down: 400/108 with the reason', async () => {
    v4.parts.bridges.outcome = { refused: 'the link is down' };
    const { status, body } = await v4.post('/bridges/sub/b1', { data: { subscription: [{ remote_topic: 'a' }] } });
    expect([status, body]).toEqual([400, { code: 108, msg: 'the link is down' }]);
  });
});
