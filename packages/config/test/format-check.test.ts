import { expect, it } from 'vitest';
import { formatCheck } from '../src/format-check.ts';
import { loadConfig } from '../src/load-config.ts';

const SECRETS = `
auth.password { admin = geheim1 }
http_server.password = geheim2
listeners.tcp.bind = 127.0.0.1:1
listeners.ssl { bind = 2, keyfile = k, certfile = c, key_password = geheim3 }
bridges.mqtt.b { password = geheim4, server = "mqtt-tcp://user:geheim5@h:1", will { password = geheim6 } }
webhook.headers { Authorization = geheim7 }
rules.repub.rules = [{ password = geheim8 }]
rules.mysql.m.conn.password = geheim9
unknown_thing = geheim10
`;

const check = (text: string) =>
  formatCheck(
    loadConfig({ text, file: 'n.conf', env: { NANOMQ_MSQ_LEN: '9' }, flags: { logLevel: 'info' }, cwd: '/' }),
  );

it('shows no secret, and says that there is one', () => {
  const text = check(SECRETS);
  expect(text).not.toMatch(/geheim/);
  expect(text).toMatch(/^auth\.password\.admin = \*{6} +n\.conf:2:25$/m);
  expect(text).toMatch(/^listeners\.ssl\.key_password = \*{6} /m);
});

it.each([
  ['a value of the file', /^mqtt\.max_packet_size = 256MB +n\.conf:1:24$/m],
  ['a value of the environment', /^mqtt\.max_mqueue_len = 9 +env NANOMQ_MSQ_LEN$/m],
  ['a value of a flag', /^log\.level = info +flag --log_level$/m],
  ['a default', /^mqtt\.retry_interval = 10s +default$/m],
  ['a default beside a value of the file', /^mqtt\.max_topic_alias = 1024 +default \(restart\)$/m],
  ['the default listener', /^listeners\.tcp\.bind = 0\.0\.0\.0:1883 +default$/m],
  ['a warning', /^warning: n\.conf:2:5: unknown key x \[UNKNOWN_KEY\]$/m],
])('shows %s with where it came from', (_, expected) => {
  expect(check('mqtt.max_packet_size = 256MB\nx = 1')).toMatch(expected);
});

it('shows who may enter when no user is listed, and hides the defaults of what is off', () => {
  const text = check('listeners.tcp.x.bind = 5');
  expect(text).toMatch(/^auth\.allow_anonymous = true +default$/m);
  expect(text).toMatch(/^auth\.no_match = allow +default$/m);
  expect(text).toMatch(/^listeners\.tcp\.x\.enable = true +default$/m);
  expect(text).not.toMatch(/^(auth\.jwt\.acl_claim|auth\.http_auth\.timeout|listeners\.ssl\.verify_peer) /m);
});

it('shows named and default-named listeners under their own keys', () => {
  expect(check('listeners.tcp.default.bind = "[::]:5"')).toMatch(
    /^listeners\.tcp\.default\.bind = \[::\]:5 +n\.conf:1:30$/m,
  );
});
