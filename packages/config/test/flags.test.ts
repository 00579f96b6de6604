import { expect, it } from 'vitest';
import { addFlagSettings } from '../src/flags.ts';
import { SettingTree } from '../src/setting-tree.ts';

it.each([
  ['tls+nmq-tcp://h:8883', 'URL_NOT_SUPPORTED'],
  ['nmq-ws://h:8083/mqtt', 'URL_NOT_SUPPORTED'],
  ['nmq-wss://h:8084/mqtt', 'URL_NOT_SUPPORTED'],
  ['mqtt://h:1883', 'VALUE_INVALID'],
  ['h:1883', 'VALUE_INVALID'],
  ['nmq-tcp://', 'VALUE_INVALID'],
  ['nmq-tcp://h', 'VALUE_INVALID'],
  ['nmq-tcp://h:1883/x', 'VALUE_INVALID'],
  ['nmq-tcp://::1:1883', 'VALUE_INVALID'],
])('--url %s is refused with %s and what is allowed', (url, code) => {
  const run = () => addFlagSettings(new SettingTree(), { urls: [url] });
  expect(run).toThrow(expect.objectContaining({ code, message: expect.stringContaining('nmq-tcp://HOST:PORT') }));
  expect(run).toThrow(/^flag --url: /);
});

it('flags that are not given set nothing', () => {
  const tree = new SettingTree();
  addFlagSettings(tree, { urls: [], logLevel: undefined });
  expect(tree.root).toEqual({});
});
