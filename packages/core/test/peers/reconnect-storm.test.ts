import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FourShards } from './four-shards.ts';

const MESSAGES = 60;

/** What one client received over all its connections. */
interface Seen {
  readonly payload: number;
  readonly qos: number;
}

describe('a storm of connections of one client identifier over all shards', () => {
  it('loses nothing, doubles no QoS 2 and keeps the order of what is not repeated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ shardId: fc.nat({ max: 3 }), messages: fc.nat({ max: 4 }), reads: fc.boolean() }), {
          minLength: 5,
          maxLength: 30,
        }),
        async (steps) => expectStormSurvived(steps),
      ),
      { numRuns: 60 },
    );
  });
});

async function expectStormSurvived(
  steps: readonly { readonly shardId: number; readonly messages: number; readonly reads: boolean }[],
): Promise<void> {
  const broker = new FourShards();
  const first = await broker.clientAt(0, 'c', 5, true);
  await first.subscribe('t', 2);
  const publisher = await broker.clientAt(3, 'publisher');
  const clients = [first];
  let published = 0;
  const publish = (count: number) => {
    for (let i = 0; i < count && published < MESSAGES; i++) {
      publisher.publish('t', `${published}`, { qos: published++ % 2 === 0 ? 1 : 2 });
    }
  };
  for (const { shardId, messages, reads } of steps) {
    const { client } = broker.openAt(shardId);
    // Never reads: what it is sent is lost with its connection, as on a network that breaks.
    client.autoAcknowledge = reads;
    client.sendConnect({ clientId: 'c', clean: false, properties: { sessionExpiryInterval: 1000 } });
    publish(messages);
    clients.push(client);
    if (reads) await broker.settled();
  }
  await broker.settled();
  publish(MESSAGES);
  const last = await broker.clientAt(1, 'c', 5, true);
  clients.push(last);
  for (let i = 0; i < 6; i++) {
    await last.ping();
    await broker.settled();
  }
  expectAllOf(clients.map(({ received }) => received));
}

/** QoS 2 with an identifier that was not released is no new message, on whatever connection it comes. */
function expectAllOf(connections: readonly FourShardsReceived[]): void {
  const seen: Seen[] = [];
  const open = new Map<number, string>();
  for (const packet of connections.flat()) {
    if (packet.cmd === 'pubrel') open.delete(packet.messageId as number);
    if (packet.cmd !== 'publish') continue;
    const payload = packet.payload.toString();
    if (packet.qos === 2 && open.get(packet.messageId as number) === payload) continue;
    if (packet.qos === 2) open.set(packet.messageId as number, payload);
    seen.push({ payload: Number(payload), qos: packet.qos });
  }
  expect(new Set(seen.map(({ payload }) => payload)).size).toBe(MESSAGES);
  const exactlyOnce = seen.filter(({ qos }) => qos === 2).map(({ payload }) => payload);
  expect(exactlyOnce).toEqual([...exactlyOnce].sort((a, b) => a - b));
  expect(new Set(exactlyOnce).size).toBe(exactlyOnce.length);
  const first = [...new Set(seen.filter(({ qos }) => qos === 1).map(({ payload }) => payload))];
  expect(first).toEqual([...first].sort((a, b) => a - b));
}

type FourShardsReceived = Awaited<ReturnType<FourShards['clientAt']>>['received'];
