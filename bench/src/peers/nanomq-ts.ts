import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../checkout.ts';
import type { LoadLogin } from '../load/load-job.ts';
import { accessRules } from './access-rules.ts';
import type { BrokerKind, BrokerPlace } from './broker-kind.ts';

const PACKAGE = join(CHECKOUT, 'packages/nanomq');
const CONF_NAME = 'nanomq.conf';

/** Ours: the complete broker as a user starts it, on its defaults. */
export const NANOMQ_TS: BrokerKind = {
  name: 'nanomq-ts',
  protocols: [4, 5],
  missing: () => (existsSync(join(PACKAGE, 'dist/cli/main.js')) ? undefined : 'it is not built (npm run build)'),
  canBe: () => true,
  version: () => (JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }).version,
  command: (place) => {
    const conf = join(place.folder, CONF_NAME);
    // Nothing is set but what the scenario asks for: what is measured is the default configuration.
    writeFileSync(conf, `${[...listenerLines(place), ...accessLines(place), ...bridgeLines(place)].join('\n')}\n`);
    return [process.execPath, join(PACKAGE, 'bin/nanomq.js'), 'start', '--conf', conf];
  },
};

/** Ours with so many shards. */
export function nanomqTs(shards: number): BrokerKind {
  return withLines(['num_taskq_thread', 'max_taskq_thread'].map((name) => `system.${name} = ${shards}`));
}

/** User and password of the HTTP API that `nanomqTsWithApi` opens. */
export const API_USER: LoadLogin = { username: 'admin', password: 'public' };

/** Ours with one shard and its HTTP API on this port of 127.0.0.1. */
export function nanomqTsWithApi(apiPort: number): BrokerKind {
  const { username, password } = API_USER;
  return withLines([
    'system { num_taskq_thread = 1, max_taskq_thread = 1 }',
    `http_server { enable = true, port = ${apiPort}, ip_addr = "127.0.0.1", auth_type = basic`,
    `  username = "${username}", password = "${password}" }`,
  ]);
}

function withLines(lines: readonly string[]): BrokerKind {
  return {
    ...NANOMQ_TS,
    command: (place) => {
      const command = NANOMQ_TS.command(place);
      appendFileSync(join(place.folder, CONF_NAME), lines.map((line) => `${line}\n`).join(''));
      return command;
    },
  };
}

function listenerLines({ port, certificates, setup: { carrier } }: BrokerPlace): string[] {
  const address = `127.0.0.1:${port}`;
  if (carrier === 'tcp') return [`listeners.tcp.bind = "${address}"`];
  const noTcp = 'listeners.tcp.enable = false';
  if (carrier !== 'tls') return [noTcp, `listeners.ws.bind = "${address}/mqtt"`];
  const [key, certificate] = ['server.key', 'server.pem'].map((name) => join(certificates ?? '', name));
  return [noTcp, `listeners.ssl { bind = "${address}", keyfile = "${key}", certfile = "${certificate}" }`];
}

/** With room for all that a closed loop has outstanding, as Mosquitto has it. */
function bridgeLines({ bridgePort, setup: { bridge } }: BrokerPlace): string[] {
  if (bridge === null) return [];
  return [
    `bridges.mqtt.bench { server = "mqtt-tcp://127.0.0.1:${bridgePort}", proto_ver = ${bridge}, max_send_queue_len = 100000`,
    '  forwards = [{ local_topic = "bench/#", remote_topic = "" }]',
    '}',
  ];
}

function accessLines({ setup: { user } }: BrokerPlace): string[] {
  if (user === null) return ['auth.allow_anonymous = true'];
  const rules = accessRules(user).map(
    ({ name, filter }) => `{ permit = allow, username = "${name}", action = pubsub, topics = ["${filter}"] }`,
  );
  return [
    'auth { allow_anonymous = false, no_match = deny',
    `  password { "${user.username}" = "${user.password}" }`,
    `  acl.rules = [\n${rules.join('\n')}\n  ]`,
    '}',
  ];
}
