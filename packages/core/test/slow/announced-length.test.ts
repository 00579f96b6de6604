import { MemoryTransport, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { usedBytes } from './used-bytes.ts';

const CONNECTIONS = 2000;
const MEBIBYTE = 1024 * 1024;
/** The most that a Remaining Length can say, and so 256 MiB for each. */
const LARGEST = '30 ff ff ff 7f';
const CONNECT = '10 0c 0004 4d515454 04 02 0000 0000';

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

function open(harness: ShardHarness): MemoryTransport {
  const transport = new MemoryTransport();
  transport.attach(harness.shard.accept(transport));
  return transport;
}

describe(`${CONNECTIONS} connections that announce 256 MiB each`, () => {
  it('reserve nothing of it where so much is allowed, and no more than twice what they really send', async () => {
    const harness = new ShardHarness({ maxPacketBytes: 268_435_460 });
    const transports = Array.from({ length: CONNECTIONS }, () => open(harness));
    for (const transport of transports) transport.send(bytes(CONNECT));
    harness.clock.runTurn();
    const base = usedBytes();
    for (const transport of transports) transport.send(bytes(LARGEST));
    const afterHeader = usedBytes() - base;
    const part = Buffer.alloc(1000, 'a');
    for (let i = 0; i < 8; i++) for (const transport of transports) transport.send(part);
    const afterParts = usedBytes() - base;
    for (const transport of transports) expect(transport.state).toBe('open');
    expect(afterHeader).toBeLessThan(4 * MEBIBYTE);
    expect(afterParts).toBeLessThan(4 * MEBIBYTE + 2 * CONNECTIONS * 8000);
    for (const transport of transports) transport.resetByPeer();
    await Promise.resolve();
    transports.length = 0;
    expect(harness.shard.connectionCount).toBe(0);
    expect(usedBytes() - base).toBeLessThan(MEBIBYTE);
  });

  it.each([
    ['after CONNECT', CONNECT],
    ['instead of CONNECT', ''],
  ])('%s are cut off at once by the default limits', async (_, before) => {
    const harness = new ShardHarness();
    const transports = Array.from({ length: CONNECTIONS }, () => open(harness));
    const header = before === '' ? '10 ff ff ff 7f' : LARGEST;
    for (const transport of transports) transport.send(bytes(before + header));
    await Promise.all(transports.map(({ whenClosed }) => whenClosed));
    expect(harness.shard.connectionCount).toBe(0);
    expect(harness.shard.counters.connectionsFailed).toBe(CONNECTIONS);
  });
});
