import { z } from 'zod';
import { attackLimits } from './attack-limits.ts';
import { awaitingRelLimit } from './awaiting-rel-limit.ts';
import { checked, used } from './setting.ts';
import { bool, duration, number, size, word } from './value-kinds.ts';

const DAY_MS = 86_400_000;
const GB = 1024 ** 3;
const UINT32 = 0xffff_ffff;

/** How a shared subscription chooses the member that gets a message. */
export const SHARED_STRATEGIES = ['round_robin', 'random', 'sticky', 'hash_clientid'] as const;

const nanomqKeys = {
  property_size: used(number({ min: 1, max: 65_535, zeroMeans: 32 }), {
    default: 32,
    reload: 'live',
    env: 'PROPERTY_SIZE',
    meaning: 'most user properties a packet may carry',
    differs: 'NanoMQ stores it without use',
  }),
  max_packet_size: used(size({ min: 1, max: 260 * 1024 ** 2 }), {
    default: '10MB',
    reload: 'live',
    env: 'MAX_PACKET_SIZE',
    meaning: 'largest packet accepted and sent',
    differs: 'NanoMQ does not check what comes in over plain TCP',
  }),
  max_mqueue_len: used(number({ min: 1, max: 10_000_000, zeroMeans: 1024 }), {
    default: 1024,
    reload: 'live',
    env: 'MSQ_LEN',
    meaning: 'most messages that wait for one client beyond its inflight window',
  }),
  max_topic_alias: used(number({ min: 0, max: 65_535 }), {
    default: 1024,
    meaning: 'topic alias maximum offered to MQTT 5 clients; 0: no aliases',
    differs: 'NanoMQ without a file: 0, the feature would be off; its shipped file says 1024',
  }),
  retry_interval: used(duration({ minMs: 0, maxMs: DAY_MS }), {
    default: '10s',
    reload: 'live',
    env: 'QOS_DURATION',
    meaning: 'pause before an unacknowledged message is sent again to an MQTT 3 client; 0: only on reconnect',
  }),
  keepalive_multiplier: used(number({ min: 1, max: 100, fraction: true, zeroMeans: 1.5 }), {
    default: 1.5,
    reload: 'live',
    meaning: 'a client silent for keep alive times this is disconnected',
  }),
  max_inflight_window: used(number({ min: 1, max: 65_535, zeroMeans: 2048 }), {
    default: 2048,
    reload: 'live',
    meaning: 'most unacknowledged messages sent to one client; its receive maximum may be lower',
    differs: 'NanoMQ stores it without use',
  }),
  max_awaiting_rel: used(awaitingRelLimit(10_000), {
    default: 10_000,
    reload: 'live',
    meaning: 'most QoS 2 messages of one client that await its PUBREL',
    differs: 'NanoMQ gives a duration here and does not use it; a duration means the default',
  }),
  await_rel_timeout: checked(duration({ minMs: 0, maxMs: 365 * DAY_MS }), 'after this an awaited PUBREL is forgotten', {
    default: '0s',
    differs: 'NanoMQ says 10s and does not use it either; forgetting early would deliver a QoS 2 message twice',
  }),
  batch_resend: checked(bool, 'send the next queued messages at once on each acknowledgement', {
    default: false,
    differs: 'every acknowledgement sends what then fits into the inflight window, whatever this says',
  }),
};

const ourKeys = {
  max_receive: used(number({ min: 1, max: 65_535 }), {
    default: 1024,
    meaning: 'receive maximum offered to MQTT 5 clients',
  }),
  server_keepalive: used(duration({ minMs: 0, maxMs: 65_535_000 }), {
    default: '0s',
    reload: 'live',
    meaning: 'keep alive that MQTT 5 clients are told to use, in whole seconds; 0: as they ask',
  }),
  max_session_expiry_interval: used(duration({ minMs: 0, maxMs: UINT32 * 1000 }), {
    default: '0s',
    reload: 'live',
    meaning: 'longest session expiry interval granted; 0: as asked',
  }),
  shared_subscription_strategy: used(word(SHARED_STRATEGIES), {
    default: 'round_robin',
    meaning: 'how a shared subscription chooses the member that gets a message',
  }),
  max_topic_levels: used(number({ min: 1, max: 65_535 }), {
    default: 128,
    meaning: 'most levels of a topic name or filter',
  }),
  max_subscriptions: used(number({ min: 0, max: 10_000_000 }), {
    default: 10_000,
    reload: 'live',
    meaning: 'most subscriptions of one client; 0: unlimited',
  }),
  max_connections: used(number({ min: 0, max: 10_000_000 }), {
    default: 0,
    reload: 'live',
    meaning: 'most connections at a time; 0: unlimited',
  }),
  connect_timeout: used(duration({ minMs: 1, maxMs: DAY_MS }), {
    default: '10s',
    reload: 'live',
    meaning: 'a connection without CONNECT is closed after this',
  }),
  max_connect_packet_size: used(size({ min: 64, max: 260 * 1024 ** 2 }), {
    default: '64KB',
    reload: 'live',
    meaning: 'largest packet before CONNECT is accepted',
  }),
  queue_qos0: used(bool, {
    default: false,
    meaning: 'queue QoS 0 messages too for a client that is offline',
  }),
  max_mqueue_bytes: used(size({ min: 1024, max: 64 * GB }), {
    default: '8MB',
    reload: 'live',
    meaning: 'most bytes of messages that wait for one client',
  }),
  max_outbuffer_bytes: used(size({ min: 1024, max: 4 * GB }), {
    default: '8MB',
    reload: 'live',
    meaning: 'most bytes buffered for a slow receiver before its QoS 0 messages are dropped',
  }),
  max_retained_count: used(number({ min: 0, max: 1_000_000_000 }), {
    default: 0,
    reload: 'live',
    meaning: 'most retained messages; 0: unlimited',
  }),
  max_retained_bytes: used(size({ min: 0, max: 1024 * GB }), {
    default: 0,
    reload: 'live',
    meaning: 'most bytes of retained messages; 0: unlimited',
  }),
  route_cache_entries: used(number({ min: 0, max: 100_000_000 }), {
    default: 65_536,
    meaning: 'most topics whose compiled route is kept; 0: none',
  }),
  sys_interval: used(duration({ minMs: 0, maxMs: DAY_MS }), {
    default: '60s',
    meaning: 'pause between two publications of the `$SYS` statistics; 0: off',
  }),
};

/** `mqtt`: NanoMQ's keys, then our own limits. */
export const mqttSection = z.object({ ...nanomqKeys, ...ourKeys, ...attackLimits }).prefault({});
