import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executablePath } from '../executable.ts';
import type { BrokerKind } from './broker-kind.ts';

/** Debian's Mosquitto, with the limits off that would make it drop what a closed loop has outstanding. */
export const MOSQUITTO: BrokerKind = {
  name: 'mosquitto',
  protocols: [4, 5],
  missing: () => (executablePath('mosquitto') === undefined ? 'no mosquitto on this machine' : undefined),
  version: () => {
    const { stdout } = spawnSync(executablePath('mosquitto') ?? 'mosquitto', ['-h'], { encoding: 'utf8' });
    return /version (\S+)/.exec(stdout ?? '')?.[1] ?? 'unknown';
  },
  command: ({ port, folder }) => {
    const conf = join(folder, 'mosquitto.conf');
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
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
