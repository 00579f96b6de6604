import { describe, expect, it } from 'vitest';
import { FourShards, payloadsOf } from './four-shards.ts';

const VERSIONS = [
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

describe.each(VERSIONS)('a session of several shards, MQTT %s', (_, version) => {
  it('stays where it was made; a client that comes in elsewhere is relayed there', async () => {
    const broker = new FourShards();
    const first = await broker.clientAt(0, 'c', version, true);
    await first.subscribe('t', 1);
    first.destroy();
    const publisher = await broker.clientAt(3, 'publisher', version);
    publisher.publish('t', 'while away', { qos: 1 });
    await publisher.ping();
    const again = await broker.clientAt(2, 'c', version, true);
    publisher.publish('t', 'while back', { qos: 1 });
    await publisher.ping();
    expect(await payloadsOf(again)).toEqual(['while away', 'while back']);
    expect(broker.shards.map(({ sessions }) => sessions.find('c') !== undefined)).toEqual([true, false, false, false]);
    expect(broker.shards.map(({ relays }) => relays.size)).toEqual([0, 0, 1, 0]);
  });

  it('is given back when it ends, so that the next one is made where its client comes in', async () => {
    const broker = new FourShards();
    const first = await broker.clientAt(0, 'c', version);
    first.send({ cmd: 'disconnect' });
    await first.expectClosed();
    await broker.settled();
    await broker.clientAt(1, 'c', version);
    expect(broker.shards.map(({ relays, sessions }) => [relays.size, sessions.size])).toEqual([
      [0, 0],
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  it('has one connection: each one that comes in, wherever, ends the one before [MQTT-3.1.4-3]', async () => {
    const broker = new FourShards();
    const clients = [];
    for (let i = 0; i < 12; i++) clients.push(await broker.clientAt(i % 4, 'c', version, true));
    for (const client of clients.slice(0, -1)) await client.expectClosed();
    await clients.at(-1)?.ping();
    expect([broker.shard.sessions.onlineCount, broker.shard.counters.takeovers]).toEqual([1, 11]);
  });

  it('of a client that is refused is nobody’s', async () => {
    const access = { authenticate: () => 0x87, checksPublish: false, publish: () => 0, subscribe: () => 0 };
    const broker = new FourShards({}, { access });
    const { client } = broker.openAt(1, version);
    await client.connect({ clientId: 'c' });
    await client.expectClosed();
    await broker.settled();
    expect(broker.directory.size).toBe(0);
  });

  it('whose client vanishes while the directory is asked is nobody’s', async () => {
    const broker = new FourShards();
    const { client } = broker.openAt(1, version);
    client.sendConnect({ clientId: 'c' });
    client.destroy();
    await broker.settled();
    expect([broker.directory.size, broker.shard.sessions.size]).toEqual([0, 0]);
  });
});

describe('an assigned client identifier', () => {
  it('is never one that lives on another shard [MQTT-3.2.2-16]', async () => {
    const broker = new FourShards();
    const assigned = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const { client } = broker.openAt(i % 4);
      assigned.add((await client.connect({ clientId: '' })).properties?.assignedClientIdentifier as string);
    }
    expect(assigned.size).toBe(8);
    expect(broker.shards.map(({ relays }) => relays.size)).toEqual([0, 0, 0, 0]);
  });
});

describe('a relayed connection', () => {
  it('is ended by its session’s shard, with the reason, and leaves nothing', async () => {
    const broker = new FourShards();
    (await broker.clientAt(0, 'c', 5, true)).destroy();
    const relayed = await broker.clientAt(1, 'c', 5, true);
    relayed.sendHex('00 00');
    expect((await relayed.next('disconnect')).reasonCode).toBe(0x81);
    await relayed.expectClosed();
    await broker.settled();
    expect(broker.shards.map(({ relays, connectionCount }) => relays.size + connectionCount)).toEqual([0, 0, 0, 0]);
  });

  it('keeps alive where its session is [MQTT-3.1.2-22]', async () => {
    const broker = new FourShards();
    (await broker.clientAt(0, 'c', 5, true)).destroy();
    const { client } = broker.openAt(1);
    await client.connect({ clientId: 'c', clean: false, keepAliveSeconds: 10 });
    broker.clock.advance(14_000);
    await client.ping();
    broker.clock.advance(16_000);
    broker.settle();
    await client.expectClosed();
  });

  it('that does not read gets what waits, in order, when it does', async () => {
    const broker = new FourShards({ maxOutBufferBytes: 100_000 });
    const owner = await broker.clientAt(0, 'c', 5, true);
    await owner.subscribe('t', 1);
    owner.destroy();
    const { client, transport } = broker.openAt(1);
    await client.connect({ clientId: 'c', clean: false, properties: { sessionExpiryInterval: 1000 } });
    transport.congest();
    const publisher = await broker.clientAt(2, 'publisher');
    for (let i = 0; i < 60; i++) publisher.publish('t', `${i} ${'x'.repeat(20_000)}`, { qos: 1 });
    for (let i = 0; i < 60; i++) await publisher.next('puback');
    const got: number[] = [];
    while (got.length < 60) {
      transport.relieve();
      got.push(...(await payloadsOf(client)).map((payload) => Number.parseInt(payload, 10)));
    }
    expect(got).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });
});
