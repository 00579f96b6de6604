import { expect, it } from 'vitest';
import {
  clientVectors,
  FrameMutator,
  MemoryTransport,
  RandomSource,
  ShardHarness,
  vectorBytes,
} from '../../src/index.ts';
import { frame, text, victim } from '../security/victim.ts';
import { usedBytes } from './used-bytes.ts';

const IS_SHORT = process.env.NANOMQ_SLOW_SHORT === '1';
const ROUNDS = IS_SHORT ? 50_000 : 1_000_000;
const CONNECTIONS = IS_SHORT ? 2000 : 10_000;
const MEBIBYTE = 1024 * 1024;
/** What pools and tables with limits may still gain after the warm-up. */
const GROWTH_LIMIT_BYTES = 4 * MEBIBYTE;

/** Does `round` ROUNDS times, a quarter of it to warm up, and proves that the rest keeps nothing. */
async function expectFlat(round: (i: number) => void): Promise<void> {
  let base = 0;
  for (let i = 0; i < ROUNDS; i++) {
    if (i === ROUNDS / 4) base = usedBytes();
    round(i);
    // Transports close in a microtask.
    if (i % 100 === 0) await Promise.resolve();
  }
  expect(usedBytes() - base).toBeLessThan(GROWTH_LIMIT_BYTES);
}

/** A connection's whole life: these bytes, and its end. */
function visit(harness: ShardHarness, bytes: Buffer): void {
  const transport = new MemoryTransport();
  transport.attach(harness.shard.accept(transport));
  transport.send(bytes);
  harness.clock.runTurn();
  transport.take();
  transport.resetByPeer();
}

/** A harness that keeps no log lines: they would be the growth. */
function quietHarness(): ShardHarness {
  const silent = () => {};
  return new ShardHarness({}, { logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent } });
}

const malformedConnects = (['malformedConnect', 'connectProperties'] as const).flatMap((list) =>
  (clientVectors[list] ?? []).map(vectorBytes).filter(({ length }) => length < 1024),
);

it(`CVE-2017-7654 CVE-2021-34431 CVE-2024-42649: ${ROUNDS} malformed CONNECT packets of every kind leave nothing`, async () => {
  const harness = quietHarness();
  const mutator = new FrameMutator(new RandomSource(32));
  await expectFlat((i) => {
    const fixed = malformedConnects[i % malformedConnects.length] as Buffer;
    visit(harness, i % 2 === 0 ? fixed : mutator.connect(i % 4 === 1 ? 4 : 5));
    if (i % 1000 === 0) harness.clock.advance(1000);
    for (const session of [...harness.shard.sessions.values()]) harness.shard.sessions.end(session);
  });
  expect(harness.shard.connectionCount).toBe(0);
});

it(`CVE-2023-3592: ${ROUNDS} CONNECT packets whose will has invalid properties leave nothing`, async () => {
  const harness = quietHarness();
  const wills = [[0x26], [0x01, 2], [0x02, 0, 0], [0x99, 0], [0x18, 0, 0, 0], [0x01, 0, 0x01, 0], [0x03, 0, 9]];
  const packets = wills.map((properties) =>
    frame(0x10, text('MQTT'), [5, 6, 0, 0, 0], text('a'), [properties.length, ...properties], text('w'), text('bye')),
  );
  await expectFlat((i) => visit(harness, packets[i % packets.length] as Buffer));
  expect([harness.shard.sessions.size, harness.shard.counters.connectionsAccepted]).toEqual([0, 0]);
});

it(`CVE-2023-28366: ${ROUNDS} repetitions of one QoS 2 packet identifier without PUBREL keep one identifier`, async () => {
  const at = await victim();
  const { client, transport } = at.harness.open(4);
  await client.connect({ clientId: 'attacker' });
  const repeated = Buffer.from('3c06000174000578', 'hex');
  const first = Buffer.from(repeated);
  first[0] = 0x34;
  transport.send(first);
  await expectFlat(() => {
    transport.send(Buffer.from(repeated));
    at.harness.clock.runTurn();
    transport.take();
  });
  expect(at.harness.shard.sessions.find('attacker')?.inboundIds?.size).toBe(1);
  await at.expectUnharmed();
});

it(`CVE-2021-33176: ${ROUNDS / 10} filters of 128 levels and of 65,535, subscribed to and given up, leave nothing`, async () => {
  const at = await victim();
  const { client, transport } = at.harness.open(5);
  await client.connect({ clientId: 'attacker' });
  const deepest = frame(0x82, [0, 1, 0], text('/'.repeat(65_535)), [0]);
  let round = 0;
  await expectFlat(() => {
    if (round++ % 10 > 0) return;
    const topicFilter = text(`${'a/'.repeat(60)}${round}${'/+'.repeat(67)}`);
    transport.send(frame(0x82, [0, 1, 0], topicFilter, [0]));
    transport.send(frame(0xa2, [0, 2, 0], topicFilter));
    if (round % 1000 === 1) transport.send(Buffer.from(deepest));
    at.harness.clock.runTurn();
    transport.take();
  });
  expect(at.harness.shard.index.size).toBe(1);
  await at.expectUnharmed();
});

it('CVE-2021-33175: a client that fills everything it may fill, again and again, stays within the limits', async () => {
  const at = await victim({
    queueLimitMessages: 100,
    maxSubscriptions: 100,
    maxRetainedMessages: 100,
    maxRetainedBytes: 100_000,
    maxAwaitingRel: 100,
    routeCacheEntries: 100,
  });
  const { transport } = at.harness.open(4);
  transport.send(frame(0x10, text('MQTT'), [4, 0, 0, 0], text('attacker')));
  let round = 0;
  await expectFlat(() => {
    const name = text(`t/${++round}`);
    transport.send(frame(0x31, name, Buffer.alloc(100)));
    transport.send(frame(0x33, name, [0, 1], Buffer.alloc(100)));
    if (round % 10 === 0) transport.send(frame(0x82, [0, 1], name, [1]));
    at.harness.clock.runTurn();
    transport.take();
    if (round % 1000 === 0) at.harness.clock.advance(250);
  });
  const { retained, sessions, index } = at.harness.shard;
  expect([retained.size <= 100, index.size <= 101, (sessions.find('attacker')?.queue?.length ?? 0) <= 100]).toEqual([
    true,
    true,
    true,
  ]);
});

it(`CVE-2022-23913: ${CONNECTIONS} connections that each sent a part of a packet cost what came, and their time is short`, async () => {
  const harness = quietHarness();
  const open = () => {
    const transport = new MemoryTransport();
    transport.attach(harness.shard.accept(transport));
    return transport;
  };
  const warm = Array.from({ length: CONNECTIONS }, open);
  for (const transport of warm) transport.resetByPeer();
  const empty = usedBytes();
  const transports = Array.from({ length: CONNECTIONS }, open);
  const base = usedBytes();
  const partial = Buffer.concat([Buffer.from('10fcff03', 'hex'), Buffer.alloc(100)]); // 100 bytes of 64 KiB
  for (const transport of transports) {
    for (let at = 0; at < partial.length; at += 4) transport.send(partial.subarray(at, at + 4));
  }
  expect(usedBytes() - base).toBeLessThan(CONNECTIONS * 1024 + GROWTH_LIMIT_BYTES);
  for (let i = 0; i < CONNECTIONS; i++) harness.clock.advance(250);
  await Promise.all(transports.map(({ whenClosed }) => whenClosed));
  transports.length = 0;
  expect([harness.shard.connectionCount, harness.shard.counters.denied[0]]).toEqual([0, CONNECTIONS]);
  expect(usedBytes() - empty).toBeLessThan(GROWTH_LIMIT_BYTES + CONNECTIONS * 100);
});
