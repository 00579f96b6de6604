import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/load-config.ts';

const cwd = new URL('../../../etc', import.meta.url).pathname;

it('etc/nanomq.conf is NanoMQ as shipped: TCP 1883, the HTTP API on 8081, no warning', () => {
  const { config, warnings } = loadConfig({ file: 'nanomq.conf', env: {}, flags: {}, cwd });
  expect(warnings).toEqual([]);
  expect(config.listeners.tcp).toMatchObject([{ name: 'default', host: '0.0.0.0', port: 1883, enable: true }]);
  expect(config.httpServer).toMatchObject({ host: '127.0.0.1', port: 8081, username: 'admin', password: 'public' });
  expect(config.mqtt).toMatchObject({ maxPacketBytes: 256 * 1024 ** 2, queueLimitMessages: 2048, maxTopicAlias: 1024 });
});

it('the users, rules and bridge of the other files can be included', () => {
  const text = `
    include "nanomq_bridge.conf"
    auth { allow_anonymous = false, password = { include "nanomq_pwd.conf" }, acl { include required(file("nanomq_acl.conf")) } }`;
  const { config, settings, warnings } = loadConfig({ text, env: {}, flags: {}, cwd });
  expect(warnings).toEqual([]);
  const keys = settings.map((setting) => setting.key);
  expect(keys).toEqual(expect.arrayContaining(['auth.acl.rules', 'bridges.mqtt.example.server']));
  // A user whom everybody knows would be let in by whoever adds another one and closes the broker.
  expect(config.auth).toMatchObject({ usesPasswords: true, users: [] });
});

it('what is commented out in etc/nanomq.conf is right as well', () => {
  const shipped = readFileSync(`${cwd}/nanomq.conf`, 'utf8');
  const end = shipped.indexOf('# HTTP API');
  const example = /^( *)# (?=profile =|listeners\.|password =|acl =| {2}\w+ =|\}$)/gm;
  const text = shipped.slice(0, end).replaceAll(example, '$1');
  const { config, warnings } = loadConfig({ text, env: {}, flags: {}, cwd });
  expect(warnings).toEqual([]);
  expect(Object.entries(config.listeners).map(([kind, all]) => [kind, all.length])).toEqual([
    ['tcp', 2],
    ['ssl', 1],
    ['ws', 1],
    ['wss', 1],
    ['unix', 1],
  ]);
  expect(config).toMatchObject({ profile: 'hardened', auth: { users: [], acl: { rules: { length: 5 } } } });
});
