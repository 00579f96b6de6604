import { z } from 'zod';
import { forwards, subscription } from './bridge-lists.ts';
import { checked, known } from './setting.ts';
import { sqliteKeys } from './system-sections.ts';
import { bool, duration, number, readWith, text } from './value-kinds.ts';

const tls = z
  .object({
    enable: known('true or false', 'use TLS'),
    keyfile: known('path', 'private key (PEM)'),
    certfile: known('path', 'certificate (PEM)'),
    cacertfile: known('path', 'certificates of the authorities (PEM)'),
    key_password: known('text', 'password of the private key', { secret: true }),
    verify_peer: known('true or false', 'verify the certificate of the remote broker'),
  })
  .optional();

const SERVER = /^(?:mqtt-tcp|tls\+mqtt-tcp|mqtt-quic):\/\/\S+$/;

const server = readWith('URL', (found) =>
  typeof found === 'string' && SERVER.test(found)
    ? { value: found }
    : { code: 'VALUE_INVALID', allowed: 'a URL such as mqtt-tcp://host:1883 or tls+mqtt-tcp://host:8883' },
);

const client = {
  enable: checked(bool, 'use the bridge', { default: true }),
  proto_ver: checked(number({ min: 3, max: 5 }), 'protocol version: 3 (3.1), 4 (3.1.1) or 5', { default: 4 }),
  clientid: checked(text, 'client identifier', { absent: 'random' }),
  keepalive: checked(duration({ minMs: 0, maxMs: 65_535_000 }), 'keep alive', { default: '60s' }),
  clean_start: checked(bool, 'begin without the old session', { default: true }),
  username: checked(text, 'user name at the remote broker'),
  password: checked(text, 'password at the remote broker', { secret: true }),
  ssl: tls,
  forwards: checked(forwards, 'local to remote'),
  subscription: checked(subscription, 'remote to local'),
  max_parallel_processes: checked(number({ min: 1, max: 65_535, zeroMeans: 2 }), 'works at once', { default: 2 }),
};

const tcpOptions = {
  nodelay: known('true or false', 'socket option'),
  keepalive: known('true or false', 'socket option'),
  quickack: known('true or false', 'socket option'),
  keepidle: known('duration', 'socket option'),
  keepintvl: known('duration', 'socket option'),
  keepcnt: known('number', 'socket option'),
  sendtimeo: known('duration', 'socket option'),
  recvtimeo: known('duration', 'socket option'),
  bind_interface: known('text', 'network interface'),
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

const mqttBridge = z.object({
  server: checked(server, 'remote broker: `mqtt-tcp://host:port`, `tls+mqtt-tcp://host:port`'),
  ...client,
  backoff_max: known('duration', 'longest pause between two attempts', { default: '5s' }),
  retry_qos_0: known('true or false', 'cache QoS 0 too while offline', { default: 'false' }),
  no_local_v4: known('true or false', 'mark an MQTT 3.1.1 connection as a bridge', { default: 'true' }),
  transparent: known('true or false', 'pass local subscriptions on', { default: 'false' }),
  max_send_queue_len: known('number', 'messages queued while offline', { default: '0' }),
  max_recv_queue_len: known('number', 'incoming messages queued', { default: '0' }),
  resend_interval: known('number (ms)', 'tick of the bridge', { default: '5000' }),
  resend_wait: known('number (ms)', 'age before a message is sent again', { default: '3000' }),
  cancel_timeout: known('number (ms)', 'waiting for an acknowledgement', { default: '10000' }),
  hybrid_bridging: known('true or false', 'rotate over several servers', { default: 'false' }),
  hybrid_servers: known('list', 'further servers'),
  tcp: z.object(tcpOptions).optional(),
  conn_properties: known('section', 'MQTT 5 properties of CONNECT'),
  sub_properties: known('section', 'MQTT 5 properties of SUBSCRIBE'),
  will: known('section', 'will: `topic`, `payload`, `qos`, `retain`, `properties`'),
  ...quic,
});

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
    aws: z.record(z.string(), z.object({ server: known('address', 'AWS IoT'), ...client })).optional(),
    nng: z
      .object({
        pub: z.record(z.string(), z.object(nng)).optional(),
        sub: z.record(z.string(), z.object(nng)).optional(),
      })
      .optional(),
  })
  .optional();
