import { expect, it } from 'vitest';
import { addFlagSettings } from '../src/flags.ts';
import { SettingTree } from '../src/setting-tree.ts';

it.each([
  ['nmq-quic://h:14567', 'URL_NOT_SUPPORTED'],
  ['mqtt-quic://h:14567', 'URL_NOT_SUPPORTED'],
  ['tls+nmq-tcp://h:1883/x', 'VALUE_INVALID'],
  ['nmq-ws://h', 'VALUE_INVALID'],
  ['nmq-wss:///mqtt', 'VALUE_INVALID'],
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
