import { ONE_SHARD, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../src/admin/figures.ts';
import { DROP_REASON_LABELS } from '../../src/observe/drop-reason.ts';
import { statistics } from '../../src/observe/sys-topics.ts';

const PREFIX = '$SYS/brokers/';

/** Values by topic of what has come, and whether all had RETAIN. */
async function valuesOf(client: RawClient): Promise<{ values: Map<string, string>; retain: boolean[] }> {
  await client.ping();
  const values = new Map<string, string>();
  const retain = new Set<boolean>();
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    values.set(packet.topic.slice(PREFIX.length), packet.payload.toString());
    retain.add(packet.retain);
  }
  return { values, retain: [...retain] };
}

describe('$SYS statistics', () => {
  it('are published every interval, retained, and only then', async () => {
    const harness = new ShardHarness({ sysIntervalMs: 10_000 }, ONE_SHARD);
    const watcher = await harness.client(5);
    await watcher.subscribe('$SYS/brokers/#');
    harness.clock.advance(9999);
    expect((await valuesOf(watcher)).values.size).toBe(0);
    for (const uptime of ['10', '20', '30']) {
      harness.clock.advance(uptime === '10' ? 1 : 10_000);
      const { values, retain } = await valuesOf(watcher);
      expect([values.get('uptime'), retain]).toEqual([uptime, [false]]);
      expect(values.get('datetime')).toBe(new Date(harness.clock.nowMs()).toISOString());
    }
    const late = await harness.client(5);
    await late.subscribe('$SYS/brokers/uptime');
    const { values, retain } = await valuesOf(late);
    expect([[...values], retain]).toEqual([[['uptime', '30']], [true]]);
  });

  it('are off with an interval of 0, and end with the shard', () => {
    const off = new ShardHarness({ sysIntervalMs: 0 }, ONE_SHARD);
    off.clock.advance(1_000_000);
    expect(off.shard.retained.size).toBe(0);
    const on = new ShardHarness({ sysIntervalMs: 1000 }, ONE_SHARD);
    on.shard.close();
    expect(on.clock.runningIntervals).toBe(0);
  });

  it('come to nobody who asks for # or +/brokers/# [MQTT-4.7.2-1]', async () => {
    const harness = new ShardHarness({ sysIntervalMs: 1000 }, ONE_SHARD);
    const client = await harness.client(4);
    await client.subscribe('#');
    await client.subscribe('+/brokers/#');
    harness.clock.advance(1000);
    await client.subscribe('#');
    await client.expectNothing();
  });

  it('are counted as no dropped messages when nobody subscribes', () => {
    const harness = new ShardHarness({ sysIntervalMs: 1000 }, ONE_SHARD);
    harness.clock.advance(5000);
    expect(harness.shard.counters.droppedTotal).toBe(0);
    expect(harness.shard.routeCache.size).toBe(0);
  });

  it('tell what there is: connections, sessions, subscriptions, retained and stored messages, drops by reason', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const { shard } = harness;
    const client = await harness.client(5, {
      clientId: 'c',
      clean: false,
      properties: { sessionExpiryInterval: 100 },
    });
    client.autoAcknowledge = false;
    await client.subscribe('t', 1);
    await client.subscribe('$share/g/t', 1);
    const other = await harness.client(4);
    other.publish('kept', 'x', { retain: true });
    other.publish('nobody', 'x', { qos: 2 });
    client.destroy();
    other.publish('t', 'x');
    other.publish('t', 'x', { qos: 1 });
    await other.ping();
    const values = statistics(figuresOf(shard), shard.turn.nowMs, shard.turn.nowMs - 2500);
    expect(Object.fromEntries(values)).toMatchObject({
      uptime: '2',
      'connections/count': '1',
      'sessions/count': '2',
      'subscriptions/count': '2',
      'subscriptions/shared/count': '1',
      'retained/count': '1',
      'retained/bytes': `${4 + 'kept'.length + 1}`,
      'messages/stored/count': '2',
      'messages/received': '4',
      'messages/qos0/received': '2',
      'messages/qos1/received': '1',
      'messages/qos2/received': '1',
      'messages/sent': '0',
      // `kept`, `nobody`, and a QoS 0 copy for each of the two subscriptions of who is away.
      'messages/dropped/no_subscribers': '2',
      'messages/dropped/offline': '2',
      'messages/dropped': '4',
    });
    for (const label of DROP_REASON_LABELS) expect(values.get(`messages/dropped/${label}`)).toMatch(/^\d+$/);
    for (const name of ['packets/received', 'bytes/received', 'bytes/sent', 'messages/stored/bytes'])
      expect([name, Number(values.get(name)) > 0]).toEqual([name, true]);
  });

  it('stay when the retained messages of clients have reached their limits', async () => {
    const harness = new ShardHarness({ sysIntervalMs: 1000, maxRetainedMessages: 2, maxRetainedBytes: 100 }, ONE_SHARD);
    const client = await harness.client(4);
    for (const topic of ['a', 'b']) client.publish(topic, 'x'.repeat(40), { retain: true });
    for (let i = 0; i < 3; i++) harness.clock.advance(1000);
    const dropped = harness.shard.retained.get('$SYS/brokers/messages/dropped/retained_full');
    expect(dropped?.frame.subarray(-1).toString()).toBe('0');
    client.publish('c', 'x', { retain: true });
    await client.ping();
    expect(harness.shard.retained.get('c')).toBeUndefined();
  });

  it('tell who was turned away, by reason', async () => {
    const harness = new ShardHarness({ sysIntervalMs: 1000, maxConnections: 1 }, ONE_SHARD);
    await harness.client(4);
    await harness.open(4).client.connect({ clientId: 'second' });
    harness.clock.advance(1000);
    const denied = (label: string) => harness.shard.retained.get(`$SYS/brokers/denied/${label}`)?.frame;
    expect(denied('connections_full')?.subarray(-1).toString()).toBe('1');
    expect(denied('banned')?.subarray(-1).toString()).toBe('0');
  });

  it('may be published by no client [MQTT-3.4.2-1]', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const client = await harness.client(5);
    client.publish('$SYS/brokers/uptime', '1000', { qos: 1, retain: true });
    expect((await client.next('puback')).reasonCode).toBe(0x87);
    expect(harness.shard.retained.size).toBe(0);
  });
});
