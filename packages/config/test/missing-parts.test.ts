import { expect, it } from 'vitest';
import { loadConfig } from '../src/load-config.ts';

const warnings = (text: string) => loadConfig({ text, file: 'c', env: {}, flags: {}, cwd: '/nonexistent' }).warnings;

it.each([
  ['sqlite { disk_cache_size = 5 }', 'sqlite', 'sessions and retained messages end with the process'],
  ['Webhook.url = "http://h"', 'webhook', 'no event is sent'],
  ['rules.sqlite { path = "/tmp/r.db" }', 'rules', 'no rule is carried out'],
  ['bridges.mqtt.cache { }', 'bridges.mqtt.cache', 'what waits for a bridge ends with the process'],
])('%s: a part that is not here is named in one warning', (text, path, consequence) => {
  const message = `${path}: is known, not yet used; ${consequence}`;
  expect(warnings(text)).toMatchObject([{ code: 'NOT_YET_USED', origin: { line: 1 }, message }]);
});

it.each([
  'sqlite { enable = false, disk_cache_size = 5 }',
  'webhook { enable = no, url = "http://h" }',
  'webhook { enable = "False", url = "http://h" }',
  'auth.cache { max_size = 32, ttl = 1m }',
  'http_server.jwt.private.keyfile = "/k.pem"',
])('%s: nobody counts on it, so there is no warning', (text) => {
  expect(warnings(text)).toEqual([]);
});
