import { MemoryTransport, ShardHarness } from '@nanomq-ts/testkit';
import { generate, type Packet } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { keptBy, NOTHING_KEPT } from '../model/kept-by.ts';
import { usedBytes } from './used-bytes.ts';

const CYCLES = process.env.NANOMQ_SLOW_SHORT === '1' ? 20_000 : 500_000;
/** Pools and caches are as full as they get after this part of the cycles. */
const WARM_UP = CYCLES / 4;
const GROWTH_LIMIT_BYTES = 4 * 1024 * 1024;

/** A client's whole life in one chunk, with names that no other cycle has. */
function lifeOf(cycle: number): Buffer {
  const clientId = `client ${cycle}`;
  const filters = [`a/${cycle}`, `a/${cycle}/+/b`, `+/${cycle}/#`, `$share/${cycle}/a`, '$share/g/a/#'];
  const packets: Packet[] = [
    { cmd: 'connect', protocolVersion: 4, protocolId: 'MQTT', clientId, clean: true, keepalive: 60 },
    { cmd: 'subscribe', messageId: 1, subscriptions: filters.map((topic) => ({ topic, qos: 2 })) },
    { cmd: 'publish', topic: `a/${cycle}`, payload: 'x', qos: 0, dup: false, retain: false },
    { cmd: 'publish', topic: `a/${cycle}`, payload: 'x', qos: 2, dup: false, retain: false, messageId: 2 },
    { cmd: 'publish', topic: `r/${cycle}/x`, payload: 'x', qos: 1, dup: false, retain: true, messageId: 3 },
    { cmd: 'publish', topic: `r/${cycle}/x`, payload: '', qos: 1, dup: false, retain: true, messageId: 4 },
    { cmd: 'unsubscribe', messageId: 5, unsubscriptions: filters.slice(0, 2) },
  ];
  return Buffer.concat(packets.map((packet) => generate(packet, { protocolVersion: 4 })));
}

it(`${CYCLES} clients that come, subscribe, publish and go leave the memory as it was`, async () => {
  const harness = new ShardHarness({ routeCacheEntries: 1000 });
  let base = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const transport = new MemoryTransport();
    transport.attach(harness.shard.accept(transport));
    transport.send(lifeOf(cycle));
    harness.clock.runTurn();
    transport.resetByPeer();
    if (cycle % 1000 === 0) harness.clock.advance(1000);
    // The route cache has long been full.
    if (cycle + 1 === WARM_UP) base = usedBytes();
  }
  harness.clock.advance(1000);
  expect(keptBy(harness.shard)).toEqual(NOTHING_KEPT);
  expect(usedBytes() - base).toBeLessThan(GROWTH_LIMIT_BYTES);
});
