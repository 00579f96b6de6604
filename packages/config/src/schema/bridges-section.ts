import { z } from 'zod';
import { isSection } from '../setting-tree.ts';
import { forwards, subscription } from './bridge-lists.ts';
import { checked, known, used, usedIfSet } from './setting.ts';
import { sqliteKeys } from './system-sections.ts';
import { bool, duration, number, readWith, size, text } from './value-kinds.ts';

const SERVER = /^(?:mqtt-tcp|tls\+mqtt-tcp|mqtt-quic|wss?):\/\/\S+$/;
const SERVER_FORM = 'a URL such as mqtt-tcp://host:1883, tls+mqtt-tcp://host:8883, ws://host/mqtt or wss://host/mqtt';
const MAX_BACKOFF_MS = 600_000;

const server = readWith('URL', (found) =>
  typeof found === 'string' && SERVER.test(found) ? { value: found } : { code: 'VALUE_INVALID', allowed: SERVER_FORM },
);

const servers = readWith('list of URLs', (found) =>
  Array.isArray(found) && found.every((url): url is string => typeof url === 'string' && SERVER.test(url))
    ? { value: found }
    : { code: 'VALUE_INVALID', allowed: `a list of URLs, each ${SERVER_FORM}` },
);

const version = number({ min: 3, max: 5 });
const keepAlive = duration({ minMs: 0, maxMs: 65_535_000 });
const connections = number({ min: 1, max: 65_535, zeroMeans: 2 });
const seconds = number({ min: 0, max: 0xffff_ffff });
const milliseconds = number({ min: 1, max: 86_400_000 });
const live = { reload: 'live' } as const;

const awsTls = z
  .object({
    enable: known('true or false', 'use TLS'),
    keyfile: known('path', 'private key (PEM)'),
    certfile: known('path', 'certificate (PEM)'),
    cacertfile: known('path', 'certificates of the authorities (PEM)'),
    key_password: known('text', 'password of the private key', { secret: true }),
    verify_peer: known('true or false', 'verify the certificate of the remote broker'),
  })
  .optional();

const awsClient = {
  enable: checked(bool, 'use the bridge', { default: true }),
  proto_ver: checked(version, 'protocol version: 3 (3.1), 4 (3.1.1) or 5', { default: 4 }),
  clientid: checked(text, 'client identifier', { absent: 'random' }),
  keepalive: checked(keepAlive, 'keep alive', { default: '60s' }),
  clean_start: checked(bool, 'begin without the old session', { default: true }),
  username: checked(text, 'user name at the remote broker'),
  password: checked(text, 'password at the remote broker', { secret: true }),
  ssl: awsTls,
  forwards: checked(forwards, 'local to remote'),
  subscription: checked(subscription, 'remote to local'),
  max_parallel_processes: checked(connections, 'works at once', { default: 2 }),
};

const tls = z
  .object({
    enable: used(bool, {
      ...live,
      default: false,
      meaning: 'TLS where the URL does not say so already',
    }),
    keyfile: usedIfSet(text, { ...live, absent: 'none', meaning: 'private key (PEM), read for each connection' }),
    certfile: usedIfSet(text, { ...live, absent: 'none', meaning: 'certificate (PEM), read for each connection' }),
    cacertfile: usedIfSet(text, {
      ...live,
      absent: 'the authorities that Node trusts',
      meaning: 'certificates of the authorities (PEM), read for each connection',
    }),
    key_password: usedIfSet(text, { ...live, absent: 'none', secret: true, meaning: 'password of the private key' }),
    verify_peer: used(bool, {
      ...live,
      default: true,
      meaning: 'verify the certificate of the remote broker',
      differs: 'NanoMQ never verifies it',
    }),
  })
  .optional();

const tcpOptions = {
  nodelay: used(bool, { ...live, default: true, meaning: 'send without gathering' }),
  keepalive: used(bool, { ...live, default: false, meaning: 'have the kernel probe a silent connection' }),
  keepidle: used(duration({ minMs: 1000, maxMs: 86_400_000 }), {
    ...live,
    default: '60s',
    meaning: 'silence before the kernel probes',
    differs: 'a number alone is refused, NanoMQ ignores it',
  }),
  quickack: known('true or false', 'socket option'),
  keepintvl: known('duration', 'socket option'),
  keepcnt: known('number', 'socket option'),
  sendtimeo: known('duration', 'socket option'),
  recvtimeo: known('duration', 'socket option'),
  bind_interface: usedIfSet(text, { ...live, absent: 'the system chooses', meaning: 'network interface to go out by' }),
};

const quic = {
  quic_keepalive: known('duration', 'QUIC only', { default: '120s' }),
  quic_idle_timeout: known('duration', 'QUIC only', { default: '120s' }),
  quic_discon_timeout: known('duration', 'QUIC only', { default: '20s' }),
  quic_handshake_timeout: known('duration', 'QUIC only', { default: '20s' }),
  quic_send_idle_timeout: known('duration', 'QUIC only', { default: '2s' }),
  quic_initial_rtt_ms: known('duration', 'QUIC only', { default: '800ms' }),
  quic_max_ack_delay_ms: known('duration', 'QUIC only', { default: '100ms' }),
  quic_multi_stream: known('true or false', 'QUIC only', { default: 'false' }),
  quic_qos_priority: known('true or false', 'QUIC only', { default: 'true' }),
  quic_0rtt: known('true or false', 'QUIC only', { default: 'true' }),
};

const userProperty = readWith('section', (found) =>
  isSection(found) && Object.values(found).every((value) => typeof value !== 'object')
    ? { value: Object.entries(found).map(([name, value]) => [name, String(value)] as const) }
    : { code: 'VALUE_INVALID', allowed: 'a section of names and texts' },
);

const userProperties = usedIfSet(userProperty, {
  ...live,
  absent: 'none',
  meaning: 'user properties, `{ name = value }`',
});

const connProperties = z
  .object({
    session_expiry_interval: used(seconds, {
      ...live,
      default: 0,
      meaning: 'seconds the session outlives a connection',
    }),
    receive_maximum: used(number({ min: 1, max: 65_535 }), {
      ...live,
      default: 65_535,
      meaning: 'unacknowledged messages the remote broker may send; at most `mqtt.max_receive`',
    }),
    maximum_packet_size: used(seconds, {
      ...live,
      default: 0,
      meaning: 'largest packet in bytes; at most `mqtt.max_packet_size`, which 0 stands for',
    }),
    topic_alias_maximum: known('number', 'topic aliases do not pass a bridge', { default: '0' }),
    request_problem_infomation: used(bool, { ...live, default: true, meaning: 'ask for reasons in words' }),
    request_problem_information: usedIfSet(bool, {
      ...live,
      absent: 'as the key above',
      meaning: 'the same, spelled right',
    }),
    request_response_infomation: used(bool, { ...live, default: false, meaning: 'ask for response information' }),
    request_response_information: usedIfSet(bool, {
      ...live,
      absent: 'as the key above',
      meaning: 'the same, spelled right',
    }),
    user_property: userProperties,
  })
  .optional();

const will = z
  .object({
    topic: usedIfSet(text, { ...live, absent: 'no will', meaning: 'topic name of the will' }),
    payload: usedIfSet(text, { ...live, absent: 'no will', meaning: 'payload of the will' }),
    qos: used(number({ min: 0, max: 2 }), { ...live, default: 0, meaning: 'QoS of the will' }),
    retain: used(bool, { ...live, default: false, meaning: 'retain the will' }),
    properties: z
      .object({
        payload_format_indicator: usedIfSet(number({ min: 0, max: 1 }), {
          ...live,
          absent: 'not sent',
          meaning: '1: the payload is text',
        }),
        message_expiry_interval: usedIfSet(seconds, {
          ...live,
          absent: 'never',
          meaning: 'seconds until the will expires',
        }),
        content_type: usedIfSet(text, { ...live, absent: 'none', meaning: 'content type' }),
        response_topic: usedIfSet(text, { ...live, absent: 'none', meaning: 'response topic' }),
        correlation_data: usedIfSet(text, { ...live, absent: 'none', meaning: 'correlation data' }),
        will_delay_interval: usedIfSet(seconds, { ...live, absent: '0', meaning: 'seconds until the will is sent' }),
        user_property: userProperties,
      })
      .optional(),
  })
  .optional();

const subProperties = z
  .object({
    identifier: used(number({ min: 0, max: 268_435_455 }), {
      ...live,
      default: 0,
      meaning: 'subscription identifier; 0 = none',
    }),
    user_property: userProperties,
  })
  .optional();

const mqttBridge = z.object({
  server: usedIfSet(server, { ...live, absent: 'the bridge does nothing', meaning: `remote broker: ${SERVER_FORM}` }),
  enable: used(bool, { ...live, default: true, meaning: 'use the bridge' }),
  proto_ver: used(version, { ...live, default: 4, meaning: 'protocol version: 3 (3.1), 4 (3.1.1) or 5' }),
  clientid: usedIfSet(text, { ...live, absent: 'random', meaning: 'client identifier' }),
  keepalive: used(keepAlive, { ...live, default: '60s', meaning: 'keep alive' }),
  clean_start: used(bool, { ...live, default: true, meaning: 'begin without the old session' }),
  username: usedIfSet(text, { ...live, absent: 'none', meaning: 'user name at the remote broker' }),
  password: usedIfSet(text, { ...live, absent: 'none', secret: true, meaning: 'password at the remote broker' }),
  username_file: usedIfSet(text, {
    ...live,
    absent: 'none',
    meaning: 'ours: file with the user name, read before each connection',
  }),
  password_file: usedIfSet(text, {
    ...live,
    absent: 'none',
    secret: true,
    meaning: 'ours: file with the password, read before each connection',
  }),
  ssl: tls,
  forwards: usedIfSet(forwards, { ...live, absent: 'none', meaning: 'local to remote' }),
  subscription: usedIfSet(subscription, { ...live, absent: 'none', meaning: 'remote to local' }),
  max_parallel_processes: used(connections, {
    ...live,
    default: 2,
    meaning: 'connections that share what is forwarded, each topic by one of them; at most 16',
  }),
  backoff_max: used(duration({ minMs: 100, maxMs: 86_400_000 }), {
    ...live,
    default: '5s',
    meaning: `longest pause between two attempts; over ${MAX_BACKOFF_MS / 1000} s becomes 360 s`,
  }),
  retry_qos_0: used(bool, { ...live, default: false, meaning: 'QoS 0 waits too while offline' }),
  no_local_v4: used(bool, { ...live, default: true, meaning: 'mark an MQTT 3 connection as a bridge' }),
  transparent: used(bool, { ...live, default: false, meaning: 'pass local subscriptions on, and every local message' }),
  max_send_queue_len: used(number({ min: 0, max: 100_000_000 }), {
    ...live,
    default: 0,
    meaning: 'messages that wait while offline or busy, the oldest dropped; 0 = `mqtt.max_mqueue_len`',
  }),
  max_send_queue_bytes: used(size({ min: 0, max: 1_099_511_627_776 }), {
    ...live,
    default: 0,
    meaning: 'ours: bytes that wait, the oldest dropped; 0 = `mqtt.max_mqueue_bytes`',
  }),
  max_recv_queue_len: known('number', 'incoming messages queued; none wait here', { default: '0' }),
  resend_interval: known('number (ms)', 'tick of the bridge', { default: '5000' }),
  resend_wait: known('number (ms)', 'age before a message is sent again; `mqtt.retry_interval` says so', {
    default: '3000',
  }),
  cancel_timeout: used(milliseconds, {
    ...live,
    default: 10_000,
    meaning:
      'ms that an answer may take: connecting, CONNACK, PINGRESP, which is asked for early when acknowledgements are due',
  }),
  max_hops: used(number({ min: 0, max: 31 }), {
    ...live,
    default: 8,
    meaning: 'ours: bridges that a message of MQTT 5.0 may pass; 0 = not counted',
  }),
  hybrid_bridging: used(bool, { ...live, default: false, meaning: 'rotate over several servers' }),
  hybrid_servers: usedIfSet(servers, { ...live, absent: 'none', meaning: 'further servers' }),
  tcp: z.object(tcpOptions).optional(),
  conn_properties: connProperties,
  sub_properties: subProperties,
  will,
  ...quic,
});

/** A bridge of `bridges.mqtt` with everything filled in. */
export type BridgeSection = z.output<typeof mqttBridge>;

const nng = {
  clientid: known('text', 'client identifier'),
  pub_url: known('URL', 'address of the publisher'),
  sub_url: known('URL', 'address of the subscriber'),
  forwards: known('list', '`{local_topic, remote_topic, nng_delimiter, qos}`'),
  subscription: known('list', '`{remote_topic, local_topic, nng_delimiter, qos}`'),
};

/** `bridges`. */
export const bridgesSection = z
  .object({
    mqtt: z
      .object({ cache: z.object(sqliteKeys).optional() })
      .catchall(mqttBridge)
      .optional(),
    aws: z.record(z.string(), z.object({ server: known('address', 'AWS IoT'), ...awsClient })).optional(),
    nng: z
      .object({
        pub: z.record(z.string(), z.object(nng)).optional(),
        sub: z.record(z.string(), z.object(nng)).optional(),
      })
      .optional(),
  })
  .optional();
