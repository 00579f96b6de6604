import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BridgeHarness, forward, PLAIN_BRIDGE, subscription } from './bridge-harness.ts';

describe('at run time', () => {
  it('subscriptions come and go', async () => {
    const harness = await new BridgeHarness({ subscriptions: [subscription('a')] }).start();
    const subscriber = await harness.local.client(5);
    await subscriber.subscribe('#', 1);
    const none = { identifier: 0, userProperties: [] };
    const added = harness.bridge.subscribe([subscription('b', { localTopic: 'c' })], none);
    await harness.settle();
    await added;
    const gone = harness.bridge.unsubscribe(['a'], none);
    await harness.settle();
    await gone;
    for (const topic of ['a', 'b']) harness.remote.shard.publish(topic, Buffer.from(topic), { qos: 1 });
    await harness.payloads(subscriber);
    const topics = subscriber.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []));
    expect(topics).toEqual(['c']);
    expect(harness.bridge.options.subscriptions.map(({ remoteTopic }) => remoteTopic)).toEqual(['b']);
  });

  it('a subscription needs a connection', async () => {
    const harness = new BridgeHarness();
    const none = { identifier: 0, userProperties: [] };
    await expect(harness.bridge.subscribe([subscription('b')], none)).rejects.toThrow('not connected');
  });

  it('other settings connect it anew; what waits goes on waiting', async () => {
    const harness = new BridgeHarness({ forwards: [forward('a')] });
    harness.unreachable = true;
    await harness.start();
    harness.local.shard.publish('a', Buffer.from('kept'), { qos: 1 });
    harness.unreachable = false;
    harness.bridge.change({ ...harness.bridge.options, servers: ['mqtt-tcp://other'], forwards: [forward('#')] });
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 1);
    await harness.advance(500);
    expect(harness.attempts.at(-1)?.server.host).toBe('other');
    harness.local.shard.publish('b', Buffer.from('new'), { qos: 1 });
    expect(await harness.payloads(subscriber)).toEqual(['kept', 'new']);
  });

  it('other forwards neither double nor lose QoS 2 that has begun', async () => {
    const connect = { ...PLAIN_BRIDGE.connect, sessionExpirySeconds: 1000 };
    const to = (...remoteTopics: string[]) => remoteTopics.map((remoteTopic) => forward('t', { remoteTopic }));
    const harness = await new BridgeHarness({ cleanStart: false, connect, forwards: to('a') }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    const publish = (payload: string) => harness.local.shard.publish('t', Buffer.from(payload), { qos: 2 });
    publish('begun');
    // The remote broker has it, and its PUBREC gets lost.
    harness.local.clock.runTurn();
    await harness.breakLine();
    harness.bridge.change({ ...harness.bridge.options, forwards: to('b', 'a') });
    await harness.advance(500);
    publish('new');
    await harness.payloads(subscriber);
    const got = subscriber.received.flatMap((packet) =>
      packet.cmd === 'publish' ? [`${packet.topic} ${packet.payload}`] : [],
    );
    expect(got).toEqual(['a begun', 'b new', 'a new']);
  });

  it('retained messages are sent once, whatever else changes', async () => {
    const harness = new BridgeHarness({ forwards: [forward('a/#')] });
    harness.local.shard.publish('a/kept', Buffer.from('kept'), { qos: 1, retain: true });
    await harness.start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('a/#', 1);
    expect(await harness.payloads(subscriber)).toEqual(['kept']);
    harness.bridge.change({ ...harness.bridge.options, keepAliveSeconds: 7, queuesQos0: true });
    await harness.advance(500);
    expect(harness.bridge.status).toMatchObject({ state: 'connected', reconnects: 1 });
    expect(await harness.payloads(subscriber)).toEqual(['kept']);
    harness.unreachable = true;
    await harness.breakLine();
    (await harness.local.client(4)).publish('a/0', 'waits now');
    await harness.settle();
    harness.unreachable = false;
    await harness.advance(6000);
    expect(await harness.payloads(subscriber)).toEqual(['kept', 'waits now']);
  });

  it('a server that it cannot speak to is left out, and the lack of any is said', async () => {
    const harness = await new BridgeHarness({ servers: ['mqtt-quic://h', 'mqtt-tcp://remote'] }).start();
    expect(harness.bridge.status).toMatchObject({ state: 'connected', server: 'mqtt-tcp://remote' });
    expect(harness.local.logged.map(({ text }) => text)).toContain(
      'the server mqtt-quic://h is left out: not supported',
    );
    const none = await new BridgeHarness({ servers: ['mqtt-quic://h'] }).start();
    expect(none.bridge.status.lastError?.text).toBe('there is no server that it could connect to');
  });

  it('its comings and goings are published, retained', async () => {
    const harness = await new BridgeHarness({ username: 'u' }).start();
    const topic = '$SYS/brokers/client_status/bridge';
    const watcher = await harness.local.client(5);
    await watcher.subscribe(topic);
    await harness.breakLine();
    const told = (await harness.payloads(watcher)).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(told).toMatchObject([
      { status: 'online', username: 'u', client_id: 'bridge', proto_ver: 5, return_code: '0' },
      { status: 'offline', client_id: 'bridge', reason_code: '8b' },
    ]);
  });

  it('closed, it leaves nothing behind', async () => {
    const harness = await new BridgeHarness({ forwards: [forward('#')], subscriptions: [subscription('a')] }).start();
    harness.bridge.close();
    await harness.settle();
    expect(harness.local.shard.index.size).toBe(0);
    expect(harness.local.shard.messages.size).toBe(0);
    expect(harness.remote.shard.sessions.onlineCount).toBe(0);
    expect(harness.bridge.status.state).toBe('off');
  });

  it('credentials in files are read before each connection', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nanomq-bridge-'));
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'first\n');
    const seen: string[] = [];
    const harness = new BridgeHarness({ username: 'u', passwordFile });
    const { access } = harness.remote.shard;
    Object.assign(access, {
      authenticate: ({ connect }: { connect: { password?: Buffer } }) => {
        seen.push(String(connect.password));
        return 0;
      },
    });
    harness.bridge.start();
    const until = async (count: number) => {
      while (seen.length < count) {
        await harness.advance(250);
        // A file is read by threads that no clock here moves.
        await readFile(passwordFile);
      }
    };
    await until(1);
    await writeFile(passwordFile, 'second');
    await harness.breakLine();
    await until(2);
    expect(seen).toEqual(['first', 'second']);
    await rm(folder, { recursive: true });
  });

  it('sends what was retained before a forward that is added, with whatever QoS', async () => {
    const harness = await new BridgeHarness({ forwards: [forward('a/#')] }).start();
    for (const qos of [0, 1, 2] as const) {
      harness.local.shard.publish(`b/${qos}`, Buffer.from(`qos ${qos}`), { qos, retain: true });
    }
    harness.bridge.change({ ...harness.bridge.options, forwards: [forward('b/#')] });
    await harness.advance(3000);
    const kept = [0, 1, 2].map((qos) => harness.remote.shard.retained.get(`b/${qos}`) !== undefined);
    expect(kept).toEqual([true, true, true]);
  });
});
