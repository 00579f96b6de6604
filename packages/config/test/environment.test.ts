import { expect, it } from 'vitest';
import { addEnvironmentSettings, variableOf } from '../src/environment.ts';
import { SettingTree } from '../src/setting-tree.ts';

const run = (env: Record<string, string>) => {
  const tree = new SettingTree();
  return { warnings: addEnvironmentSettings(tree, env).map((warning) => warning.message), root: tree.root };
};

it('names the systematic variable of a key', () => {
  expect(variableOf(['mqtt', 'retry_interval'])).toBe('NANOMQ_MQTT__RETRY_INTERVAL');
});

it.each<[string, Record<string, string>, unknown, string[]]>([
  ['NanoMQ name', { NANOMQ_MSQ_LEN: '5' }, { mqtt: { max_mqueue_len: '5' } }, []],
  ['systematic name', { NANOMQ_LOG__ROTATION__COUNT: '5' }, { log: { rotation: { count: '5' } } }, []],
  ['a named listener', { NANOMQ_LISTENERS__TCP__IN__BIND: '5' }, { listeners: { tcp: { in: { bind: '5' } } } }, []],
  ['bare seconds of QOS_DURATION', { NANOMQ_QOS_DURATION: '5' }, { mqtt: { retry_interval: '5s' } }, []],
  ['QOS_DURATION with a unit', { NANOMQ_QOS_DURATION: '5m' }, { mqtt: { retry_interval: '5m' } }, []],
  ['a list of words', { NANOMQ_LOG_TO: 'file console' }, { log: { to: 'file console' } }, []],
  ['other programs', { PATH: 'x', MQTT: 'y' }, {}, []],
  ['variables without effect', { NANOMQ_VIN: 'x', NANOMQ_PID_FILE: 'y', NANOMQ_CONF_PATH: 'z' }, {}, []],
  [
    'a typing error',
    { NANOMQ_LOG_LEVL: 'x' },
    {},
    ['unknown variable NANOMQ_LOG_LEVL; did you mean NANOMQ_LOG_LEVEL?'],
  ],
  ['__proto__', { NANOMQ___PROTO____X: 'x' }, {}, ['unknown variable NANOMQ___PROTO____X']],
])('%s', (_, env, root, warnings) => {
  expect(run(env)).toEqual({ root, warnings });
});
