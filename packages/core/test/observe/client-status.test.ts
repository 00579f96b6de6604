import { type Access, OpenAccess } from '@nanomq-ts/core';
import { MemoryTransport, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { ClientStatus } from '../../src/observe/client-status.ts';
import { Session } from '../../src/session/session.ts';

const TOPIC = '$SYS/brokers/client_status/';
const VERSIONS = [
  ['3.1', 3, 'MQIsdp'],
  ['3.1.1', 4, 'MQTT'],
  ['5.0', 5, 'MQTT'],
] as const;

async function watcherOf(harness: ShardHarness): Promise<RawClient> {
  const watcher = await harness.client(5, { clientId: 'watcher' });
  await watcher.subscribe('$SYS/brokers/client_status/#', 2);
  return watcher;
}

/** `topic payload` of the next event, with the time as T where it is the clock's. */
async function eventOf(harness: ShardHarness, watcher: RawClient): Promise<string> {
  const { topic, payload, qos, retain } = await watcher.next('publish');
  expect([qos, retain]).toEqual([0, false]);
  return `${topic} ${payload}`.replace(`"ts":${harness.clock.nowMs()},`, '"ts":T,');
}

it('tells whole milliseconds, as NanoMQ does, of a clock that gives parts of them', () => {
  const texts: string[] = [];
  const status = new ClientStatus(
    (_, payload) => texts.push(payload()),
    () => 1234.75,
  );
  status.connected(new Session('c'));
  status.disconnected(new Session('c'), 0);
  expect(texts.map((text) => JSON.parse(text).ts)).toEqual([1234, 1234]);
});

describe.each(VERSIONS)('client events, MQTT %s', (_, version, protocolName) => {
  it('tell when a client comes and goes, byte for byte as NanoMQ does', async () => {
    const harness = new ShardHarness();
    const watcher = await watcherOf(harness);
    const client = await harness.client(version, { clientId: 'c1', username: 'alvin', keepAliveSeconds: 60 });
    expect(await eventOf(harness, watcher)).toBe(
      `${TOPIC}c1 {"status":"online", "username":"alvin", "ts":T,"proto_name":"${protocolName}","keepalive":60,` +
        `"return_code":"0","proto_ver":${version},"client_id":"c1","clean_start":1, "IPv4":"127.0.0.1"}`,
    );
    client.send({ cmd: 'disconnect' });
    expect(await eventOf(harness, watcher)).toBe(
      `${TOPIC}c1 {"status":"offline", "username":"alvin", "ts":T,"reason_code":"0","client_id":"c1","IPv4":"127.0.0.1"}`,
    );
  });

  it.each<[cause: string, code: string, act: (client: RawClient, harness: ShardHarness) => unknown]>([
    ['DISCONNECT', '0', (client) => client.send({ cmd: 'disconnect' })],
    ['a connection that breaks', '8b', (client) => client.destroy()],
    ['silence', '8d', (_, harness) => harness.clock.advance(20_000)],
    ['another connection of its identifier', '8e', (_, harness) => harness.client(version, { clientId: 'c1' })],
    ['a packet that is not MQTT', '81', (client) => client.sendHex('00 00')],
  ])('say that %s ended it: %s', async (_, code, act) => {
    const harness = new ShardHarness();
    const watcher = await watcherOf(harness);
    const client = await harness.client(version, { clientId: 'c1', clean: false, keepAliveSeconds: 10 });
    await eventOf(harness, watcher);
    await act(client, harness);
    const event = JSON.parse((await eventOf(harness, watcher)).slice(TOPIC.length + 3).replace(':T,', ':0,'));
    expect(event).toMatchObject({ status: 'offline', username: '(null)', reason_code: code, client_id: 'c1' });
  });
});

describe('client events', () => {
  it('tell of a CONNECT that was refused, with its code', async () => {
    class Refusing extends OpenAccess implements Access {
      override authenticate(request: Parameters<Access['authenticate']>[0]): number {
        return request.connect.username === 'mallory' ? 0x86 : 0;
      }
    }
    const harness = new ShardHarness({}, { access: new Refusing(true) });
    const watcher = await watcherOf(harness);
    const { client } = harness.open(5);
    client.sendConnect({ clientId: 'c1', username: 'mallory', password: 'x' });
    await client.expectClosed();
    const event = JSON.parse((await eventOf(harness, watcher)).slice(TOPIC.length + 3).replace(':T,', ':0,'));
    expect(event).toMatchObject({ status: 'online', return_code: '86', client_id: 'c1' });
    await watcher.expectNothing();
  });

  it('are valid JSON whatever a client calls itself', async () => {
    const harness = new ShardHarness();
    const watcher = await watcherOf(harness);
    const [clientId, username] = ['a"b\\c/é\u2028', 'x", "status":"offline'];
    await harness.client(5, { clientId, username });
    const { topic, payload } = await watcher.next('publish');
    expect(topic).toBe(TOPIC + clientId);
    expect(JSON.parse(payload.toString())).toMatchObject({ status: 'online', client_id: clientId, username });
  });

  it('show the IPv4 address of a client that came over an IPv6 socket', async () => {
    const harness = new ShardHarness();
    const watcher = await watcherOf(harness);
    const transport = new MemoryTransport({ remoteAddress: '::ffff:192.0.2.7' });
    transport.attach(harness.shard.accept(transport));
    transport.send(Buffer.from('100e00044d5154540402000000026331', 'hex'));
    const { payload } = await watcher.next('publish');
    expect(JSON.parse(payload.toString())).toMatchObject({ IPv4: '192.0.2.7', client_id: 'c1' });
  });

  it('cost no payload while nobody subscribes', async () => {
    const harness = new ShardHarness();
    const { client } = harness.open(4);
    await client.connect({ clientId: 'c1' });
    client.destroy();
    expect([harness.shard.counters.publishSent, harness.shard.counters.droppedTotal]).toEqual([0, 0]);
    expect([harness.shard.routeCache.size, harness.shard.retained.size]).toEqual([0, 0]);
  });

  it.each([
    ['has +', 'a+b'],
    ['has #', '#'],
    ['is too long', 'x'.repeat(65_535 - TOPIC.length + 1)],
    ['is too long in bytes', 'é'.repeat(33_000)],
  ])('are left out for a client identifier that %s: no topic name has room for it [MQTT-3.3.2-2]', (_, clientId) => {
    const published: string[] = [];
    const status = new ClientStatus(
      (topicName) => void published.push(topicName),
      () => 0,
    );
    status.connected(new Session(clientId));
    status.disconnected(new Session(clientId), 0);
    expect(published).toEqual([]);
    status.connected(new Session('x'.repeat(65_535 - TOPIC.length)));
    expect(published).toHaveLength(1);
  });
});
