// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { expect, it } from 'vitest';
import { formatWarning } from '../src/config-warning.ts';
import { loadConfig } from '../src/load-config.ts';

const warningsOf = (text: string) =>
  loadConfig({ text, file: 'c', env: {}, flags: {}, cwd: '/' }).warnings.map(formatWarning);

it.each<[string, string, string]>([
  [
    'a letter too many',
    'mqtt.retry_intervall = 1s',
    'c:1:24: unknown key mqtt.retry_intervall; did you mean mqtt.retry_interval?',
  ],
  [
    'letters swapped',
    '\n mqtt.max_pakcet_size = 1',
    'c:2:25: unknown key mqtt.max_pakcet_size; did you mean mqtt.max_packet_size?',
  ],
  ['a section', 'mqqt { a = 1 }', 'c:1:1: unknown key mqqt; did you mean mqtt?'],
  [
    'a key in the wrong section',
    'allow_anonymous = true',
    'c:1:19: unknown key allow_anonymous; did you mean auth.allow_anonymous?',
  ],
  [
    'a key beside named listeners',
    'listeners.tcp.bnid = "x"',
    'c:1:22: unknown key listeners.tcp.bnid; did you mean listeners.tcp.bind?',
  ],
  [
    'a key in a named listener',
    'listeners.tcp.in { bind = 1, enabled = true }',
    'c:1:40: unknown key listeners.tcp.in.enabled; did you mean listeners.tcp.in.enable?',
  ],
  ['nothing near', 'xyzzy_plugh = 1', 'c:1:15: unknown key xyzzy_plugh'],
  ['a name with dots', '"mqtt.x y" = 1', 'c:1:14: unknown key "mqtt.x y"'],
])('warns of %s, with place and the nearest known key', (_, text, expected) => {
  expect(warningsOf(text)).toEqual([`${expected} [UNKNOWN_KEY]`]);
});

it('never repeats the value of an unknown key', () => {
  expect(warningsOf('auth.pasword = geheim').join()).not.toContain('geheim');
});

it.each([
  ['one spelling', 'MQTT { Max_Mqueue_LEN = 5 }', 5],
  ['two spellings of a section merge', 'mqtt.max_mqueue_len = 5\nMqtt.max_topic_alias = 6', 5],
  ['the last spelling wins', 'mqtt.max_mqueue_len = 4\nMQTT.MAX_MQUEUE_LEN = 6\nmqtt.max_mqueue_len = 5', 5],
  ['a spelling through a substitution', 'b { MAX_MQUEUE_LEN = 5 }\nmqtt = ${b}', 5],
])('matches key names without regard to case: %s', (_, text, expected) => {
  const { config } = loadConfig({ text, env: {}, flags: {}, cwd: '/' });
  expect(config.mqtt.queueLimitMessages).toBe(expected);
});

it.each([
  ['a zero in front', '007'],
  ['more digits than a number has', '356938035643809123'],
  ['zeros behind', '1.50'],
  ['an exponent', '1e5'],
])('keeps text that looks like a number as it was written, within lists too: %s', (_, digits) => {
  const text = `auth.acl.rules = [{ permit = allow, clientid = ${digits}, topics = [a, ${digits}] }
    { permit = deny, or = [{ username = ${digits} }, { clientid = "${digits}" }] }]
    bridges.mqtt.b {
      server = "mqtt-tcp://h:1", conn_properties.user_property { serial = ${digits} }
      forwards = [{ local_topic = ${digits}, remote_topic = "", qos = 1 }]
    }`;
  const { auth, bridges } = loadConfig({ text, env: {}, flags: {}, cwd: '/' }).config;
  expect(auth.acl.rules).toMatchObject([
    { clientid: digits, topics: ['a', digits] },
    { or: [{ username: digits }, { clientid: digits }] },
  ]);
  expect(bridges[0]?.forwards).toMatchObject([{ localTopic: digits, qos: 1 }]);
  expect(bridges[0]?.connect.userProperties).toEqual([['serial', digits]]);
});

it('takes numbers within lists however they are written', () => {
  const text =
    'bridges.mqtt.b { server = "mqtt-tcp://h:1", forwards = [{ local_topic = a, remote_topic = b, qos = 01 }] }';
  const { bridges } = loadConfig({ text, env: {}, flags: {}, cwd: '/' }).config;
  expect(bridges[0]?.forwards).toMatchObject([{ qos: 1 }]);
});

it('keeps the case of names the operator chooses', () => {
  const { config, settings } = loadConfig({
    text: 'listeners.tcp.Inner.bind = 1\nauth.password { Bob = x, bob = y }',
    env: {},
    flags: {},
    cwd: '/',
  });
  expect(config.listeners.tcp[0]?.name).toBe('Inner');
  expect(settings.map((setting) => setting.key)).toEqual(
    expect.arrayContaining(['auth.password.Bob', 'auth.password.bob']),
  );
});
