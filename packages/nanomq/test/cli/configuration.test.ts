import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/cli/configuration.ts';
import { temporaryFolder } from './fake-surroundings.ts';

describe('loadConfiguration', () => {
  it.each([
    ['--conf', { conf: 'flag.conf' }, { NANOMQ_CONF_PATH: 'env.conf' }, 'debug'],
    ['NANOMQ_CONF_PATH', {}, { NANOMQ_CONF_PATH: 'env.conf' }, 'info'],
    ['the file of the system', {}, {}, 'error'],
    ['the file of the system when NANOMQ_CONF_PATH is empty', {}, { NANOMQ_CONF_PATH: '' }, 'error'],
  ])('reads %s', (_, flags, env, level) => {
    const cwd = temporaryFolder();
    const files = { 'flag.conf': 'debug', 'env.conf': 'info', 'system.conf': 'error' };
    for (const [name, value] of Object.entries(files)) writeFileSync(join(cwd, name), `log.level = ${value}`);
    const loaded = loadConfiguration({ urls: [], ...flags }, { cwd, env }, join(cwd, 'system.conf'));
    expect(loaded.config.log.level).toBe(level);
  });

  it('takes the defaults when there is no file at all', () => {
    const cwd = temporaryFolder();
    const { config } = loadConfiguration({ urls: [] }, { cwd, env: {} }, join(cwd, 'absent.conf'));
    expect(config.log.level).toBe('warn');
    expect(config.listeners.tcp).toMatchObject([{ port: 1883 }]);
  });
});
