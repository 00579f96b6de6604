import { ONE_SHARD, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import type { IPublishPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

type Version = 3 | 4 | 5;

const RETRY_MS = 10_000;

/** A session that outlives its connection, for any version. */
function kept(version: Version, properties: Record<string, number> = {}) {
  return {
    clientId: 'subscriber',
    clean: false,
    ...(version === 5 && { properties: { sessionExpiryInterval: 36_000, ...properties } }),
  };
}

/** PUBLISH and PUBREL since the last call, as `1 dup #5` and `pubrel #5`. */
async function sentTo(client: RawClient): Promise<string[]> {
  await client.ping();
  const texts: string[] = [];
  for (let packet = client.takeNow(); packet !== undefined; packet = client.takeNow()) {
    if (packet.cmd === 'publish') texts.push(`${packet.payload}${packet.dup ? ' dup' : ''} #${packet.messageId}`);
    else texts.push(`${packet.cmd} #${packet.messageId}`);
  }
  return texts;
}

/** A subscriber of `a` that acknowledges nothing by itself, and messages 1, 2, 3 … on their way to it. */
async function inFlight(version: Version, qos: readonly (1 | 2)[], harness = new ShardHarness()) {
  const subscriber = await harness.client(version, kept(version));
  await subscriber.subscribe('a', 2);
  subscriber.autoAcknowledge = false;
  const publish = (payload: string, qos: 1 | 2) => void harness.shard.publish('a', Buffer.from(payload), { qos });
  const packets: IPublishPacket[] = [];
  for (const [i, level] of qos.entries()) {
    publish(`${i + 1}`, level);
    packets.push(await subscriber.next('publish'));
  }
  const ids = packets.map(({ messageId }) => messageId as number);
  return { harness, subscriber, ids, publish };
}

/** The subscriber is back and acknowledges nothing by itself. */
async function comeBack(harness: ShardHarness, version: Version, properties: Record<string, number> = {}) {
  const { client } = harness.open(version);
  client.autoAcknowledge = false;
  await client.connect(kept(version, properties));
  return client;
}

describe.each(VERSIONS)('a client that is back, MQTT %s', (_, version) => {
  it('gets what it has not acknowledged again, with DUP, identifiers and order as before [MQTT-4.4.0-1] [v3.1.1 MQTT-4.4.0-1] [MQTT-3.3.1-1] [v3.1.1 MQTT-3.3.1-1] [MQTT-4.6.0-1] [v3.1.1 MQTT-4.6.0-1]', async () => {
    const { harness, subscriber, ids } = await inFlight(version, [1, 2, 1, 2, 1]);
    subscriber.destroy();
    for (let round = 0; round < 2; round++) {
      const again = await comeBack(harness, version);
      expect(await sentTo(again)).toEqual(ids.map((id, i) => `${i + 1} dup #${id}`));
      again.destroy();
    }
  });

  it('gets no PUBLISH again that it acknowledged: nothing after PUBACK and PUBCOMP, PUBREL after PUBREC [MQTT-4.3.3-6] [MQTT-4.3.2-3] [MQTT-4.3.3-3] [MQTT-4.3.3-5] [MQTT-4.4.0-1] [v3.1.1 MQTT-4.4.0-1] [v3.1.1 MQTT-4.3.3-1]', async () => {
    const { harness, subscriber, ids } = await inFlight(version, [1, 2, 2, 1, 2]);
    const [puback = 0, pubrec = 0, pubcomp = 0, open, untouched] = ids;
    subscriber.send({ cmd: 'puback', messageId: puback });
    for (const messageId of [pubrec, pubcomp]) subscriber.send({ cmd: 'pubrec', messageId });
    subscriber.send({ cmd: 'pubcomp', messageId: pubcomp });
    await subscriber.ping();
    subscriber.destroy();
    for (let round = 0; round < 2; round++) {
      const again = await comeBack(harness, version);
      expect(await sentTo(again)).toEqual([`pubrel #${pubrec}`, `4 dup #${open}`, `5 dup #${untouched}`]);
      again.destroy();
    }
  });

  it('gets what was in flight before what waited, and what comes now last [MQTT-4.6.0-1] [v3.1.1 MQTT-4.6.0-1]', async () => {
    const { harness, subscriber, ids, publish } = await inFlight(version, [1, 2]);
    subscriber.destroy();
    publish('waited', 1);
    const again = await comeBack(harness, version);
    publish('now', 1);
    const next = (ids[1] as number) + 1;
    expect(await sentTo(again)).toEqual([
      `1 dup #${ids[0]}`,
      `2 dup #${ids[1]}`,
      `waited #${next}`,
      `now #${next + 1}`,
    ]);
  });

  it('may acknowledge what it got on the connection before, once it is sent again', async () => {
    const { harness, subscriber, ids } = await inFlight(version, [1, 2]);
    subscriber.destroy();
    const again = await comeBack(harness, version);
    await sentTo(again);
    again.send({ cmd: 'puback', messageId: ids[0] as number });
    again.send({ cmd: 'pubrec', messageId: ids[1] as number });
    again.send({ cmd: 'pubcomp', messageId: ids[1] as number });
    await sentTo(again);
    expect(harness.shard.messages.size).toBe(0);
    expect(harness.shard.counters.unknownAcknowledgements).toBe(0);
  });

  it('that took over from a connection still open gets the same [MQTT-4.4.0-1] [v3.1.1 MQTT-4.4.0-1]', async () => {
    const { harness, ids } = await inFlight(version, [1, 2]);
    const again = await comeBack(harness, version);
    expect(await sentTo(again)).toEqual([`1 dup #${ids[0]}`, `2 dup #${ids[1]}`]);
  });

  it('with a clean start gets nothing again', async () => {
    const { harness, subscriber } = await inFlight(version, [1, 2]);
    subscriber.destroy();
    const again = await harness.client(version, { clientId: 'subscriber', clean: true });
    await again.expectNothing();
    expect(harness.shard.messages.size).toBe(0);
  });

  it('but does not read gets the rest when it does, in the first order [MQTT-4.6.0-1] [v3.1.1 MQTT-4.6.0-1]', async () => {
    // How much a connection that does not read takes is different for a relayed one.
    const harness = new ShardHarness({ maxOutBufferBytes: 70_000 }, ONE_SHARD);
    const payload = 'x'.repeat(40_000);
    const { subscriber, publish } = await inFlight(version, [], harness);
    for (let i = 0; i < 12; i++) publish(`${i} ${payload}`, 1);
    await sentTo(subscriber);
    subscriber.destroy();
    const { client: again, transport } = harness.open(version);
    again.autoAcknowledge = false;
    transport.congest();
    again.sendConnect(kept(version));
    harness.clock.runTurn();
    const session = harness.shard.sessions.find('subscriber');
    expect(session?.window?.unsent).toBeGreaterThan(5);
    while (transport.isCongested || (session?.window?.unsent ?? 0) > 0) {
      transport.relieve();
      await again.ping();
    }
    const got = (await sentTo(again)).filter((text) => text.includes('dup'));
    expect(got.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
});

describe('a client that is back with a receive maximum, MQTT 5.0', () => {
  it('gets every PUBREL at once, and PUBLISH as far as it may [MQTT-3.3.4-9] [MQTT-3.3.4-10] [MQTT-4.9.0-1] [MQTT-4.9.0-2]', async () => {
    const { harness, subscriber, ids, publish } = await inFlight(5, [1, 2, 1, 2, 1]);
    for (const messageId of [ids[1] as number, ids[3] as number]) subscriber.send({ cmd: 'pubrec', messageId });
    await subscriber.ping();
    subscriber.destroy();
    publish('waited', 1);
    const again = await comeBack(harness, 5, { receiveMaximum: 3 });
    // The two PUBREL may count, the rest is for PUBLISH.
    expect(await sentTo(again)).toEqual([`1 dup #${ids[0]}`, `pubrel #${ids[1]}`, `pubrel #${ids[3]}`]);
    again.send({ cmd: 'puback', messageId: ids[0] as number });
    expect(await sentTo(again)).toEqual([`3 dup #${ids[2]}`]);
    again.send({ cmd: 'pubcomp', messageId: ids[1] as number });
    expect(await sentTo(again)).toEqual([`5 dup #${ids[4]}`]);
    again.send({ cmd: 'pubcomp', messageId: ids[3] as number });
    expect((await sentTo(again)).map((text) => text.split(' ')[0])).toEqual(['waited']);
  });
});

describe('a client that is back with a receive maximum and nothing queued, MQTT 5.0', () => {
  it('and takes smaller packets now: QoS 1 is dropped, QoS 2 brought to its end without its message [MQTT-3.1.2-25] [MQTT-4.3.3-5]', async () => {
    const harness = new ShardHarness();
    const { subscriber, publish } = await inFlight(5, [], harness);
    publish('x'.repeat(100), 1);
    publish('y'.repeat(100), 2);
    const [, second] = [await subscriber.next('publish'), await subscriber.next('publish')];
    subscriber.destroy();
    const again = await comeBack(harness, 5, { maximumPacketSize: 60 });
    expect(await sentTo(again)).toEqual([`pubrel #${second.messageId}`]);
    again.send({ cmd: 'pubcomp', messageId: second.messageId as number, reasonCode: 0x92 });
    await again.ping();
    expect(harness.shard.messages.size).toBe(0);
  });

  it('gets the next PUBLISH with each acknowledgement [MQTT-3.3.4-9] [MQTT-4.6.0-1] [MQTT-4.4.0-1]', async () => {
    const { harness, subscriber, ids } = await inFlight(5, [1, 2, 1]);
    subscriber.destroy();
    const again = await comeBack(harness, 5, { receiveMaximum: 1 });
    expect(await sentTo(again)).toEqual([`1 dup #${ids[0]}`]);
    again.send({ cmd: 'puback', messageId: ids[0] as number });
    expect(await sentTo(again)).toEqual([`2 dup #${ids[1]}`]);
    again.send({ cmd: 'pubrec', messageId: ids[1] as number });
    expect(await sentTo(again)).toEqual([`pubrel #${ids[1]}`]);
    again.send({ cmd: 'pubcomp', messageId: ids[1] as number });
    expect(await sentTo(again)).toEqual([`3 dup #${ids[2]}`]);
  });

  it('may acknowledge early what it got on the connection before, and does not get that again', async () => {
    const { harness, subscriber, ids } = await inFlight(5, [1, 1, 1]);
    subscriber.destroy();
    const again = await comeBack(harness, 5, { receiveMaximum: 1 });
    again.send({ cmd: 'puback', messageId: ids[1] as number });
    expect(await sentTo(again)).toEqual([`1 dup #${ids[0]}`]);
    again.send({ cmd: 'puback', messageId: ids[0] as number });
    expect(await sentTo(again)).toEqual([`3 dup #${ids[2]}`]);
  });
});

describe('resending by time', () => {
  it('does not happen in MQTT 5.0 [MQTT-4.4.0-1]', async () => {
    const { harness, subscriber, ids } = await inFlight(5, [1, 2, 2]);
    subscriber.send({ cmd: 'pubrec', messageId: ids[2] as number });
    await sentTo(subscriber);
    harness.clock.advance(10 * RETRY_MS);
    expect(await sentTo(subscriber)).toEqual([]);
  });

  it('does not happen in a session that began with MQTT 3.1.1 and goes on with 5.0 [MQTT-4.4.0-1]', async () => {
    const { harness, subscriber } = await inFlight(4, [1, 2]);
    subscriber.destroy();
    const again = await comeBack(harness, 5);
    expect(await sentTo(again)).toHaveLength(2);
    harness.clock.advance(10 * RETRY_MS);
    expect(await sentTo(again)).toEqual([]);
  });

  it.each([
    ['3.1', 3],
    ['3.1.1', 4],
  ] as const)('sends PUBLISH with DUP, and PUBREL, after each retry_interval, MQTT %s', async (_, version) => {
    const { harness, subscriber, ids } = await inFlight(version, [1, 2, 2, 1]);
    subscriber.send({ cmd: 'pubrec', messageId: ids[2] as number });
    subscriber.send({ cmd: 'puback', messageId: ids[3] as number });
    expect(await sentTo(subscriber)).toEqual([`pubrel #${ids[2]}`]);
    harness.clock.advance(RETRY_MS - 1000);
    expect(await sentTo(subscriber)).toEqual([]);
    for (let round = 0; round < 3; round++) {
      harness.clock.advance(RETRY_MS);
      expect(await sentTo(subscriber)).toEqual([`1 dup #${ids[0]}`, `2 dup #${ids[1]}`, `pubrel #${ids[2]}`]);
    }
    for (const messageId of [ids[1] as number]) subscriber.send({ cmd: 'pubrec', messageId });
    for (const messageId of [ids[1] as number, ids[2] as number]) subscriber.send({ cmd: 'pubcomp', messageId });
    subscriber.send({ cmd: 'puback', messageId: ids[0] as number });
    await sentTo(subscriber);
    harness.clock.advance(10 * RETRY_MS);
    expect(await sentTo(subscriber)).toEqual([]);
  });

  it('begins anew for a message that comes when all others were acknowledged', async () => {
    const { harness, subscriber, ids, publish } = await inFlight(4, [1]);
    subscriber.send({ cmd: 'puback', messageId: ids[0] as number });
    await sentTo(subscriber);
    harness.clock.advance(10 * RETRY_MS);
    publish('2', 1);
    await sentTo(subscriber);
    harness.clock.advance(RETRY_MS + 1000);
    expect(await sentTo(subscriber)).toEqual([`2 dup #${(ids[0] as number) + 1}`]);
  });

  it('leaves out what was sent less than an interval ago', async () => {
    const { harness, subscriber, ids, publish } = await inFlight(4, [1]);
    harness.clock.advance(RETRY_MS / 2);
    publish('2', 1);
    await sentTo(subscriber);
    harness.clock.advance(RETRY_MS / 2 + 250);
    expect(await sentTo(subscriber)).toEqual([`1 dup #${ids[0]}`]);
    harness.clock.advance(RETRY_MS + 250);
    expect(await sentTo(subscriber)).toEqual([`1 dup #${ids[0]}`, `2 dup #${(ids[0] as number) + 1}`]);
  });

  it('goes on after a reconnect, and not while the client is away', async () => {
    const { harness, subscriber, ids } = await inFlight(4, [1]);
    subscriber.destroy();
    harness.clock.advance(10 * RETRY_MS);
    const again = await comeBack(harness, 4);
    expect(await sentTo(again)).toEqual([`1 dup #${ids[0]}`]);
    harness.clock.advance(RETRY_MS + 1000);
    expect(await sentTo(again)).toEqual([`1 dup #${ids[0]}`]);
  });

  it('goes by the interval that holds now', async () => {
    const options = { retryIntervalMs: RETRY_MS };
    const harness = new ShardHarness(options);
    for (const shard of harness.shards) Object.assign(shard.options, { retryIntervalMs: 2000 });
    const { subscriber, ids } = await inFlight(4, [1], harness);
    harness.clock.advance(3500);
    expect(await sentTo(subscriber)).toEqual([`1 dup #${ids[0]}`]);
    for (const shard of harness.shards) Object.assign(shard.options, { retryIntervalMs: 0 });
    harness.clock.advance(3500);
    await sentTo(subscriber);
    harness.clock.advance(10 * RETRY_MS);
    expect(await sentTo(subscriber)).toEqual([]);
  });

  it('is off with retry_interval 0', async () => {
    const { harness, subscriber } = await inFlight(4, [1, 2], new ShardHarness({ retryIntervalMs: 0 }));
    harness.clock.advance(10 * RETRY_MS);
    expect(await sentTo(subscriber)).toEqual([]);
  });
});
