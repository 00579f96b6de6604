import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executablePath } from '../executable.ts';
import { accessRules } from './access-rules.ts';
import type { BrokerKind, BrokerPlace } from './broker-kind.ts';

/** Debian's Mosquitto, with the limits off that would make it drop what a closed loop has outstanding. */
export const MOSQUITTO: BrokerKind = {
  name: 'mosquitto',
  protocols: [4, 5],
  missing: () => (executablePath('mosquitto') === undefined ? 'no mosquitto on this machine' : undefined),
  // With its inflight limit off, 2.0.11 carries nothing over a bridge of MQTT 5.0.
  canBe: ({ user, bridge }) => bridge !== 5 && (user === null || executablePath('mosquitto_passwd') !== undefined),
  version: () => {
    const { stdout } = spawnSync(executablePath('mosquitto') ?? 'mosquitto', ['-h'], { encoding: 'utf8' });
    return /version (\S+)/.exec(stdout ?? '')?.[1] ?? 'unknown';
  },
  command: (place) => {
    const { port, folder } = place;
    const conf = join(folder, 'mosquitto.conf');
    const lines = [
      // With WebSocket alone it finds no socket to listen on.
      `listener 0 ${join(folder, 'mosquitto.sock')}`,
      `listener ${port} 127.0.0.1`,
      ...carrierLines(place),
      ...accessLines(place),
      ...bridgeLines(place),
      'max_queued_messages 0',
      'max_inflight_messages 65535',
      'log_type none',
    ];
    // Started by root it would become a user of its own, who may not read the folder.
    if (process.getuid?.() === 0) lines.push('user root');
    writeFileSync(conf, `${lines.join('\n')}\n`);
    return [executablePath('mosquitto') ?? 'mosquitto', '-c', conf];
  },
};

function carrierLines({ certificates, setup: { carrier } }: BrokerPlace): string[] {
  if (carrier === 'ws' || carrier === 'ws-many') return ['protocol websockets'];
  if (certificates === null) return [];
  return [
    `cafile ${join(certificates, 'ca.pem')}`,
    `certfile ${join(certificates, 'server.pem')}`,
    `keyfile ${join(certificates, 'server.key')}`,
  ];
}

/** Its bridge has the same window as its clients: `max_inflight_messages`. */
function bridgeLines({ bridgePort, setup: { bridge } }: BrokerPlace): string[] {
  if (bridge === null) return [];
  const version = bridge === 5 ? 'mqttv50' : 'mqttv311';
  return [
    'connection bench',
    `address 127.0.0.1:${bridgePort}`,
    'topic bench/# out 1',
    `bridge_protocol_version ${version}`,
  ];
}

function accessLines({ folder, setup: { user } }: BrokerPlace): string[] {
  if (user === null) return ['allow_anonymous true'];
  const { username, password } = user;
  const [users, rules] = [join(folder, 'users'), join(folder, 'rules')];
  execFileSync(executablePath('mosquitto_passwd') ?? 'mosquitto_passwd', ['-b', '-c', users, username, password]);
  const sections = accessRules(user).map(({ name, filter }) => `user ${name}\ntopic readwrite ${filter}`);
  writeFileSync(rules, `${sections.join('\n\n')}\n`);
  return ['allow_anonymous false', `password_file ${users}`, `acl_file ${rules}`];
}
