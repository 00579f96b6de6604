import type { SettingTree } from '../ports/config-port.ts';
import { bridgeForwards, bridgeSubscriptions } from './bridge-lists.ts';
import {
  address,
  isTree,
  pemFile,
  plain,
  presence,
  remote,
  type SettingField,
  seconds,
  secret,
  settingAt,
} from './setting-field.ts';

/** The name of a bridge v1 makes when there is none. */
const NEW_BRIDGE = 'bridge';

const FIELDS: readonly SettingField[] = [
  address('url', 'listeners.tcp.bind', 'nmq-tcp://'),
  plain('num_taskq_thread', 'system.num_taskq_thread', 1),
  plain('max_taskq_thread', 'system.max_taskq_thread', 0),
  plain('parallel', 'system.parallel', 0),
  plain('property_size', 'mqtt.property_size', 0),
  plain('msq_len', 'mqtt.max_mqueue_len', 0),
  seconds('qos_duration', 'mqtt.retry_interval', 0),
  plain('allow_anonymous', 'auth.allow_anonymous', true),
  plain('daemon', 'system.daemon', false),
  // Without an address there is nothing to listen on; `listeners.ssl.bind` has no default.
  presence('tls.enable', 'listeners.ssl', (section) => typeof section.bind === 'string'),
  address('tls.url', 'listeners.ssl.bind', 'tls+nmq-tcp://'),
  { ...pemFile('tls.key', 'listeners.ssl.keyfile'), isSecret: true },
  secret('tls.key_password', 'listeners.ssl.key_password', null),
  // The manual's table says keypass, its examples key_password: both are one setting.
  secret('tls.keypass', 'listeners.ssl.key_password', null),
  pemFile('tls.cert', 'listeners.ssl.certfile'),
  pemFile('tls.cacert', 'listeners.ssl.cacertfile'),
  plain('tls.verify_peer', 'listeners.ssl.verify_peer', false),
  plain('tls.fail_if_no_peer_cert', 'listeners.ssl.fail_if_no_peer_cert', false),
  presence('websocket.enable', 'listeners.ws', () => true),
  address('websocket.url', 'listeners.ws.bind', 'nmq-ws://'),
  address('websocket.tls_url', 'listeners.wss.bind', 'nmq-wss://'),
  presence('http_server.enable', 'http_server', () => true),
  plain('http_server.port', 'http_server.port', 8081),
  plain('http_server.username', 'http_server.username', 'admin'),
  secret('http_server.password', 'http_server.password', 'public'),
  plain('http_server.auth_type', 'http_server.auth_type', 'basic'),
];

/** Every key of API v1, for the bridge that v1 can show: the first one, or one to be made. */
export function settingFields(settings: SettingTree): readonly SettingField[] {
  const section = ['bridges', 'mqtt', bridgeName(settings)];
  return [
    ...FIELDS,
    presence('bridge.bridge_mode', section, () => true),
    remote('bridge.address', [...section, 'server']),
    plain('bridge.proto_ver', [...section, 'proto_ver'], 4),
    plain('bridge.clientid', [...section, 'clientid'], null),
    seconds('bridge.keepalive', [...section, 'keepalive'], 60),
    plain('bridge.clean_start', [...section, 'clean_start'], true),
    plain('bridge.parallel', [...section, 'max_parallel_processes'], 2),
    plain('bridge.username', [...section, 'username'], null),
    secret('bridge.password', [...section, 'password'], null),
    bridgeForwards('bridge.forwards', [...section, 'forwards']),
    bridgeSubscriptions('bridge.subscription', [...section, 'subscription']),
  ];
}

/** `cache` under `bridges.mqtt` is the cache of all bridges, not a bridge. */
function bridgeName(settings: SettingTree): string {
  const bridges = settingAt(settings, ['bridges', 'mqtt']);
  const names = isTree(bridges) ? Object.keys(bridges) : [];
  return names.find((name) => name !== 'cache' && isTree((bridges as SettingTree)[name])) ?? NEW_BRIDGE;
}
