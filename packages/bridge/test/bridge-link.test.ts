import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BridgeHarness, forward, subscription } from './bridge-harness.ts';

const KEEPS = {
  cleanStart: false,
  connect: { ...new BridgeHarness().bridge.options.connect, sessionExpirySeconds: 3600 },
} as const;

describe('while the line is down', () => {
  it.each([1, 2] as const)('messages wait and come in order, QoS %i', async (qos) => {
    const harness = await new BridgeHarness({ ...KEEPS, forwards: [forward('#')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('t', 2);
    const publish = (i: number) => harness.local.shard.publish('t', Buffer.from(`${i}`), { qos });
    for (let i = 0; i < 5; i++) publish(i);
    await harness.settle();
    await harness.breakLine();
    for (let i = 5; i < 50; i++) publish(i);
    expect(harness.bridge.status).toMatchObject({ state: 'connecting', backlogMessages: 45 });
    await harness.advance(3000);
    expect(harness.bridge.status).toMatchObject({ state: 'connected', reconnects: 1, backlogMessages: 0 });
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  });

  it('nothing that was acknowledged is lost, and no QoS 2 comes twice, when the line is cut anywhere', async () => {
    const harness = await new BridgeHarness({ ...KEEPS, answerTimeoutMs: 2000, forwards: [forward('#')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    let sent = 0;
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 7; i++) harness.local.shard.publish('t', Buffer.from(`${sent++}`), { qos: 2 });
      // Cut after so many steps of the exchange.
      for (let step = 0; step < round; step++) {
        harness.local.clock.runTurn();
        await Promise.resolve();
        harness.remote.clock.runTurn();
      }
      await harness.breakLine();
      await harness.advance(3000);
    }
    await harness.advance(5000);
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: sent }, (_, i) => `${i}`));
    expect(harness.bridge.status.backlogMessages).toBe(0);
  });

  it('the oldest go when the queue is full, and are counted', async () => {
    const harness = new BridgeHarness({ forwards: [forward('#')], queueBound: { messages: 10, bytes: 0 } });
    harness.unreachable = true;
    await harness.start();
    for (let i = 0; i < 25; i++) harness.local.shard.publish('t', Buffer.from(`${i}`), { qos: 1 });
    expect(harness.bridge.status).toMatchObject({ backlogMessages: 10, droppedOutByReason: { queue_full: 15 } });
    expect(harness.bridge.status.lastError?.text).toBe('connect ECONNREFUSED');
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('t', 1);
    harness.unreachable = false;
    await harness.advance(6000);
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: 10 }, (_, i) => `${i + 15}`));
  });

  it('the age of the oldest message is told', async () => {
    const harness = new BridgeHarness({ forwards: [forward('#')] });
    harness.unreachable = true;
    await harness.start();
    harness.local.shard.publish('t', Buffer.from('x'), { qos: 1 });
    await harness.advance(10_000);
    const { oldestBacklogMs } = harness.bridge.status;
    expect(oldestBacklogMs).toBeGreaterThanOrEqual(10_000);
    expect(oldestBacklogMs).toBeLessThan(11_000);
  });

  it('attempts become rarer, up to the longest pause, over all servers', async () => {
    const harness = new BridgeHarness({ maxBackoffMs: 4000, servers: ['mqtt-tcp://one', 'mqtt-tcp://two'] });
    harness.unreachable = true;
    await harness.start();
    await harness.advance(60_000);
    // Half a pause at random 0: 0, 1, 2, 2, 2 ... s.
    expect(harness.attempts.length).toBeGreaterThan(25);
    expect(harness.attempts.length).toBeLessThan(33);
    expect(harness.attempts.slice(0, 4).map(({ server }) => server.host)).toEqual(['one', 'two', 'one', 'two']);
  });

  it('a cut that nobody sees is found out', async () => {
    const harness = await new BridgeHarness({ ...KEEPS, answerTimeoutMs: 4000, forwards: [forward('#')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 1);
    harness.isCut = true;
    for (let i = 0; i < 20; i++) harness.local.shard.publish('t', Buffer.from(`${i}`), { qos: 1 });
    await harness.advance(7000);
    expect(harness.bridge.status).toMatchObject({ state: 'connecting', backlogMessages: 20 });
    harness.isCut = false;
    await harness.advance(6000);
    expect(await harness.payloads(subscriber)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });
});

describe('rules', () => {
  it('every match of a forward sends, and the publisher waits for none of them', async () => {
    const harness = await new BridgeHarness({
      forwards: [forward('a/#', { prefix: '1/' }), forward('+/b', { prefix: '2/', qos: 1 }), forward('#', { qos: 0 })],
    }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    const publisher = await harness.local.client(5);
    publisher.publish('a/b', 'x', { qos: 2 });
    await harness.settle();
    const pings = await harness.payloads(subscriber);
    expect(pings).toHaveLength(3);
    const copies = subscriber.received.flatMap((packet) =>
      packet.cmd === 'publish' ? [[packet.topic, packet.qos]] : [],
    );
    expect(copies.sort()).toEqual([
      ['1/a/b', 2],
      ['2/a/b', 1],
      ['a/b', 0],
    ]);
    await harness.settle();
    expect(harness.bridge.status.backlogMessages).toBe(0);
  });

  it.each([
    ['QoS raised', { qos: 2 }, 0, 2],
    ['QoS lowered', { qos: 0 }, 2, 0],
    ['QoS kept', {}, 1, 1],
  ] as const)('%s', async (_name, changes, published, expected) => {
    const harness = await new BridgeHarness({ forwards: [forward('a', changes)] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('a', 2);
    (await harness.local.client(5)).publish('a', 'x', { qos: published });
    await harness.payloads(subscriber);
    expect(subscriber.received.find((packet) => packet.cmd === 'publish')).toMatchObject({ qos: expected });
  });

  it('RETAIN is overridden in both directions', async () => {
    const harness = await new BridgeHarness({
      forwards: [forward('keep', { retain: true }), forward('let-go', { retain: false })],
      subscriptions: [subscription('in', { retain: true, localTopic: 'in-kept' })],
    }).start();
    harness.local.shard.publish('keep', Buffer.from('x'), { qos: 1 });
    harness.local.shard.publish('let-go', Buffer.from('x'), { qos: 1, retain: true });
    harness.remote.shard.publish('in', Buffer.from('x'), { qos: 1 });
    await harness.settle();
    const { remote, local } = harness;
    expect([remote.shard.retained.get('keep'), local.shard.retained.get('in-kept')]).not.toContain(undefined);
    expect(remote.shard.retained.get('let-go')).toBeUndefined();
  });

  it('the first subscription that matches decides', async () => {
    const harness = await new BridgeHarness({
      subscriptions: [subscription('a/+', { prefix: 'first/' }), subscription('a/#', { prefix: 'second/' })],
    }).start();
    const subscriber = await harness.local.client(5);
    await subscriber.subscribe('#', 2);
    harness.remote.shard.publish('a/b', Buffer.from('x'), { qos: 1 });
    await harness.payloads(subscriber);
    const topics = subscriber.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []));
    expect(topics).toEqual(['first/a/b']);
  });

  it('$SYS stays here, and that of the remote broker does not overwrite ours', async () => {
    const harness = await new BridgeHarness({
      forwards: [forward('#'), forward('$SYS/#')],
      subscriptions: [subscription('$SYS/x')],
    }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('$SYS/#');
    await subscriber.subscribe('#');
    harness.local.shard.publish('$SYS/here', Buffer.from('secret'));
    harness.remote.shard.publish('$SYS/x', Buffer.from('there'), { retain: true, qos: 1 });
    expect(await harness.payloads(subscriber)).not.toContain('secret');
    expect(harness.local.shard.retained.get('$SYS/x')).toBeUndefined();
    expect(harness.local.logged.map(({ text }) => text)).toContainEqual(expect.stringMatching(/\$SYS never leaves/));
  });

  it('properties of MQTT 5.0 pass, and the broker is named', async () => {
    const harness = await new BridgeHarness({ forwards: [forward('a')] }).start();
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('a', 1);
    const publisher = await harness.local.client(5);
    const properties = { contentType: 't', correlationData: Buffer.from('c'), userProperties: { k: 'v' } };
    publisher.publish('a', 'x', { qos: 1, properties: { ...properties, topicAlias: 1 } });
    await harness.payloads(subscriber);
    const published = subscriber.received.find((packet) => packet.cmd === 'publish');
    expect(published).toMatchObject({
      properties: { contentType: 't', userProperties: { k: 'v', 'bridge-origin': 'here' } },
    });
    expect(published).not.toHaveProperty('properties.topicAlias');
  });

  it('one copy fewer than the receive maximum needs is said, not tried', async () => {
    const harness = new BridgeHarness({ forwards: [forward('#'), forward('a')] });
    (harness.remote.shard.options as { receiveMaximum: number }).receiveMaximum = 1;
    await harness.start();
    expect(harness.bridge.status.lastError?.text).toMatch(/takes 1 messages at once, but 2 forwards/);
  });
});

describe('a transparent bridge', () => {
  it('repeats what is subscribed to here, and passes everything on', async () => {
    const harness = new BridgeHarness({ transparent: true });
    const early = await harness.local.client(5);
    await early.subscribe('a/#', 1);
    await early.subscribe('$SYS/#');
    await harness.start();
    const late = await harness.local.client(5);
    await late.subscribe('b', 1);
    await late.subscribe('a/#', 1);
    await harness.settle();
    const subscriptions = () => [...(harness.remote.shard.sessions.find('bridge')?.subscriptions?.keys() ?? [])].sort();
    expect(subscriptions()).toEqual(['a/#', 'b']);
    harness.remote.shard.publish('b', Buffer.from('in'), { qos: 1 });
    expect(await harness.payloads(late)).toEqual(['in']);
    const there = await harness.remote.client(5);
    await there.subscribe('a/1', 1);
    early.publish('a/1', 'out', { qos: 1 });
    expect(await harness.payloads(there)).toEqual(['out']);
    await late.unsubscribe('b', 'a/#');
    await harness.settle();
    expect(subscriptions()).toEqual(['a/#']);
  });
});

describe('loops', () => {
  it('a message that was here is not taken again, and one from too far away goes no further', async () => {
    const harness = await new BridgeHarness({
      maxHops: 2,
      forwards: [forward('out')],
      subscriptions: [subscription('in')],
    }).start();
    const here = await harness.local.client(5);
    await here.subscribe('in', 1);
    const there = await harness.remote.client(5);
    await there.subscribe('out', 1);
    const from = (...brokers: string[]) => ({ userProperties: { 'bridge-origin': brokers } });
    there.publish('in', 'was here', { qos: 1, properties: from('x', 'here') });
    there.publish('in', 'was not', { qos: 1, properties: from('x') });
    expect(await harness.payloads(here)).toEqual(['was not']);
    here.publish('out', 'far', { qos: 1, properties: from('x', 'y') });
    here.publish('out', 'near', { qos: 1, properties: from('x') });
    expect(await harness.payloads(there)).toEqual(['near']);
    await harness.settle();
    expect(harness.bridge.status).toMatchObject({
      backlogMessages: 0,
      droppedOutByReason: { loop: 1 },
      droppedInByReason: { loop: 1 },
    });
  });
});

describe('several connections', () => {
  it('share what is forwarded, each topic in its order', async () => {
    const harness = await new BridgeHarness({ connections: 3, forwards: [forward('#')] }).start();
    expect(harness.bridge.status.connections).toBe(3);
    const ids = [...harness.remote.shard.sessions.values()].map(({ clientId }) => clientId);
    expect(ids.sort()).toEqual(['bridge', 'bridge-2', 'bridge-3']);
    const subscriber = await harness.remote.client(5);
    await subscriber.subscribe('#', 2);
    for (let i = 0; i < 60; i++) {
      harness.local.shard.publish(`t/${i % 10}`, Buffer.from(`${i}`), { qos: ((i % 2) + 1) as 1 | 2 });
    }
    const payloads = await harness.payloads(subscriber);
    expect(payloads).toHaveLength(60);
    for (let topic = 0; topic < 10; topic++) {
      const own = payloads.filter((text) => Number(text) % 10 === topic).map(Number);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    const shares = [...harness.remote.shard.sessions.values()].map(({ receivedMessages }) => receivedMessages);
    expect(shares.filter((count) => count > 0).length).toBeGreaterThan(1);
  });

  it('all begin anew when one is lost', async () => {
    const harness = await new BridgeHarness({ connections: 2, forwards: [forward('#')] }).start();
    const second = harness.remote.shard.sessions.find('bridge-2');
    second?.connection?.transport.destroy();
    await harness.settle();
    expect(harness.bridge.status.state).toBe('connecting');
    await harness.advance(3000);
    expect(harness.bridge.status).toMatchObject({ state: 'connected', connections: 2, reconnects: 1 });
  });
});

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
