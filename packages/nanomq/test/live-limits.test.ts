import { loadConfig } from '@nanomq-ts/config';
import { FakeClock } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { ComposedShard } from '../src/compose-shard.ts';
import { changeLimits, LIVE_LIMITS } from '../src/live-limits.ts';
import { RecordingLogger } from './embedded/recording-logger.ts';

/** What the process itself applies besides the limits; each has its own test. */
const APPLIED_ELSEWHERE = ['log.level', 'http_server.username', 'http_server.password'];

/** Chooses the defaults of other keys; each of those takes effect in its own way. */
const CHOOSES_DEFAULTS = ['profile'];

/** Sections that are applied as a whole: packages/auth, src/listeners. */
const isOfWholeSection = (key: string) => /^(auth|listeners)\./.test(key);

/** For each numeric key of `mqtt` another value than its default, in range. */
const OTHER_VALUES: Readonly<Record<string, string>> = {
  'mqtt.property_size': '7',
  'mqtt.max_packet_size': '2MB',
  'mqtt.max_connect_packet_size': '1KB',
  'mqtt.max_mqueue_len': '3',
  'mqtt.max_mqueue_bytes': '1MB',
  'mqtt.retry_interval': '3s',
  'mqtt.keepalive_multiplier': '2',
  'mqtt.max_inflight_window': '5',
  'mqtt.max_awaiting_rel': '6',
  'mqtt.server_keepalive': '8s',
  'mqtt.max_session_expiry_interval': '9s',
  'mqtt.max_subscriptions': '11',
  'mqtt.max_connections': '12',
  'mqtt.connect_timeout': '4s',
  'mqtt.max_outbuffer_bytes': '2MB',
  'mqtt.max_retained_count': '14',
  'mqtt.max_retained_bytes': '1KB',
  'mqtt.max_connections_per_address': '15',
  'mqtt.max_handshakes': '16',
  'mqtt.max_message_rate': '17',
  'mqtt.max_byte_rate': '18KB',
  'mqtt.max_loop_delay': '19ms',
  'mqtt.denial_log_interval': '20s',
  'mqtt.flapping.max_disconnects': '21',
  'mqtt.flapping.window': '22s',
  'mqtt.flapping.ban_time': '23s',
};

const EVERY_SECTION = `
  listeners { tcp.bind = 1, tcp.x.bind = 2, ssl { bind = 3, certfile = c, keyfile = k }, ws.bind = "4/mqtt"
    wss.bind = "5/mqtt", unix.path = s }
  auth { password { a = b }, acl.rules = [{ permit = allow }], jwt.jwksfile = j, http_auth.auth_req.url = "http://x" }
`;

const configOf = (text: string) => loadConfig({ env: {}, flags: {}, cwd: '/', text }).config;

describe('the limits that a running shard obeys', () => {
  it('are exactly the keys that the configuration promises to apply without a restart', () => {
    const { settings } = loadConfig({
      env: {},
      flags: {},
      cwd: '/',
      text: 'http_server { username = a, password = b }',
    });
    const live = settings.filter(({ reload, status }) => reload === 'live' && status === 'used').map(({ key }) => key);
    const rest = live.filter((key) => !isOfWholeSection(key));
    expect([...Object.keys(LIVE_LIMITS), ...APPLIED_ELSEWHERE, ...CHOOSES_DEFAULTS].toSorted()).toEqual(
      rest.toSorted(),
    );
  });

  it('whole sections are live in every key', () => {
    const { settings } = loadConfig({ env: {}, flags: {}, cwd: '/', text: EVERY_SECTION });
    const waiting = settings.filter(
      ({ key, reload, status }) => status === 'used' && reload !== 'live' && isOfWholeSection(key),
    );
    expect(waiting).toEqual([]);
  });

  it.each(Object.entries(LIVE_LIMITS))('%s changes %s and nothing else', (key, name) => {
    const before = configOf('').mqtt;
    const after = configOf(`${key} = ${OTHER_VALUES[key]}`).mqtt;
    const limits = { ...before };
    changeLimits(limits, after);
    expect(limits[name]).not.toBe(before[name]);
    expect(limits).toEqual({ ...before, [name]: after[name] });
  });

  it('leave alone what waits for a restart', () => {
    const before = configOf('').mqtt;
    const after = configOf(
      'mqtt { max_topic_alias = 1, max_receive = 2, shared_subscription_strategy = random, max_topic_levels = 3,' +
        ' queue_qos0 = true, route_cache_entries = 4, sys_interval = 5s }',
    ).mqtt;
    const limits = { ...before };
    changeLimits(limits, after);
    expect(limits).toEqual(before);
  });

  it('reach the shard, which reads them from one object for its whole life', async () => {
    const config = configOf('');
    const composed = new ComposedShard({ config, cwd: '/', clock: new FakeClock(), logger: new RecordingLogger() });
    const { options } = composed.shard;
    const change = await composed.prepare({ ...config, mqtt: configOf('mqtt.max_mqueue_len = 3').mqtt });
    expect(options.queueLimitMessages).not.toBe(3);
    change.commit();
    expect(composed.shard.options).toBe(options);
    expect(options.queueLimitMessages).toBe(3);
    await composed.close();
  });
});
