import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/load-config.ts';

function load(text: string) {
  return loadConfig({ text, env: {}, flags: {}, cwd: '/nonexistent' });
}

/** The one bridge of a configuration. */
function bridge(lines: string) {
  const { config, warnings } = load(`bridges.mqtt.b {\nserver = "mqtt-tcp://h"\n${lines}\n}`);
  expect(config.bridges).toHaveLength(1);
  return { bridge: config.bridges[0], warnings };
}

describe('bridges.mqtt', () => {
  it('has the defaults of the reference', () => {
    const { bridge: plain, warnings } = bridge('');
    expect(warnings).toEqual([]);
    expect(plain).toEqual({
      name: 'b',
      enable: true,
      servers: ['mqtt-tcp://h'],
      protocolVersion: 4,
      clientId: '',
      keepAliveSeconds: 60,
      cleanStart: true,
      will: null,
      connect: {
        sessionExpirySeconds: 0,
        receiveMaximum: 65_535,
        maximumPacketBytes: 0,
        requestProblemInformation: true,
        requestResponseInformation: false,
        userProperties: [],
      },
      subscribe: { identifier: 0, userProperties: [] },
      connections: 2,
      forwards: [],
      subscriptions: [],
      transparent: false,
      usesBridgeBit: true,
      queuesQos0: false,
      queueBound: { messages: 1024, bytes: load('').config.mqtt.queueLimitBytes },
      maxBackoffMs: 5000,
      answerTimeoutMs: 10_000,
      maxHops: 8,
      tls: { verifyPeer: true },
      tcp: { noDelay: true, keepAliveMs: null },
    });
  });

  it('there are any number of them, in the order of the file; the cache is none', () => {
    const { config } = load(`bridges.mqtt {
      z { server = "mqtt-tcp://z" }
      cache { enable = true }
      a { server = "ws://a/x", enable = false }
    }`);
    expect(config.bridges.map(({ name, enable }) => [name, enable])).toEqual([
      ['z', true],
      ['a', false],
    ]);
  });

  it('reads rules, and tells of those it skips', () => {
    const { bridge: read, warnings } = bridge(`
      forwards = [
        { local_topic = "a/#", remote_topic = "", qos = 2, retain = 0, prefix = p, suffix = s }
        { local_topic = "b" }
        { local_topic = "c", remote_topic = "d", retain = 2 }
      ]
      subscription = [
        { remote_topic = "x", local_topic = "y" }
        { remote_topic = "x2", local_topic = "", qos = 1, retain = 1, retain_as_published = 0, retain_handling = 2, nolocal = false }
      ]`);
    expect(read?.forwards).toEqual([
      { localTopic: 'a/#', remoteTopic: '', qos: 2, retain: false, prefix: 'p', suffix: 's' },
      { localTopic: 'c', remoteTopic: 'd', prefix: '', suffix: '' },
    ]);
    expect(read?.subscriptions).toEqual([
      {
        remoteTopic: 'x',
        localTopic: 'y',
        prefix: '',
        suffix: '',
        noLocal: true,
        retainAsPublished: true,
        retainHandling: 0,
      },
      {
        remoteTopic: 'x2',
        localTopic: '',
        qos: 1,
        retain: true,
        prefix: '',
        suffix: '',
        noLocal: false,
        retainAsPublished: false,
        retainHandling: 2,
      },
    ]);
    expect(warnings).toMatchObject([{ code: 'NO_EFFECT', message: expect.stringContaining('entry 2 is skipped') }]);
  });

  it.each([
    ['ssl.enable asks for TLS', 'ssl.enable = true', ['tls+mqtt-tcp://h']],
    [
      'further servers count with hybrid_bridging',
      'hybrid_bridging = true, hybrid_servers = ["wss://i"]',
      ['mqtt-tcp://h', 'wss://i'],
    ],
    ['and not without', 'hybrid_servers = ["wss://i"]', ['mqtt-tcp://h']],
  ])('%s', (_name, lines, servers) => {
    expect(bridge(lines).bridge?.servers).toEqual(servers);
  });

  it.each([
    ['10m', 600_000],
    ['11m', 360_000],
  ])('backoff_max %s is %i ms', (value, expected) => {
    expect(bridge(`backoff_max = ${value}`).bridge?.maxBackoffMs).toBe(expected);
  });

  it('a will needs topic and payload', () => {
    expect(bridge('will { topic = t }').bridge?.will).toBeNull();
    expect(
      bridge('will { topic = t, payload = p, qos = 1, properties { will_delay_interval = 3 } }').bridge?.will,
    ).toEqual({
      topicName: 't',
      payload: 'p',
      qos: 1,
      retain: false,
      properties: { delaySeconds: 3 },
    });
  });

  it('user properties keep their order and names', () => {
    const { bridge: read } = bridge('conn_properties.user_property { zebra = 1, "a.b" = two }');
    expect(read?.connect.userProperties).toEqual([
      ['zebra', '1'],
      ['a.b', 'two'],
    ]);
  });

  it.each([
    ['without a server', 'bridges.mqtt.b { proto_ver = 5 }', 'is not set'],
    ['with QUIC alone', 'bridges.mqtt.b { server = "mqtt-quic://h" }', 'QUIC'],
  ])('a bridge %s does nothing, and that is said', (_name, text, expected) => {
    expect(load(text).warnings).toMatchObject([{ code: 'NO_EFFECT', message: expect.stringContaining(expected) }]);
  });

  it.each(['server = "http://h"', 'proto_ver = 6', 'max_hops = 32', 'ssl.verify_peer = 2', 'hybrid_servers = [x]'])(
    'refuses %s',
    (lines) => {
      expect(() => bridge(lines)).toThrow(/bridges\.mqtt\.b/);
    },
  );

  it('shows no secret', () => {
    const { settings } = load('bridges.mqtt.b { server = "mqtt-tcp://h", password = hush, ssl.key_password = hush2 }');
    expect(JSON.stringify(settings)).not.toContain('hush');
  });
});
