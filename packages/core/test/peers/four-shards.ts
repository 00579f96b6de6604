import type { Shard, ShardOptions } from '@nanomq-ts/core';
import { type HarnessParts, MemoryLink, MemoryTransport, RawClient, ShardHarness } from '@nanomq-ts/testkit';
import { HeldLink } from '../model/held-link.ts';

/** Four shards, and clients that come to the one the test says. */
export class FourShards extends ShardHarness {
  constructor(options: Partial<ShardOptions> = {}, parts: HarnessParts = {}) {
    super(options, { ...parts, shardCount: 4 });
  }

  /** A client of this shard that has not sent anything yet. */
  openAt(shardId: number, version: 3 | 4 | 5 = 5, remoteAddress = '127.0.0.1') {
    const transport = new MemoryTransport({ remoteAddress });
    const shard = this.shards[shardId];
    if (shard === undefined) throw new RangeError(`no shard ${shardId}`);
    transport.attach(shard.accept(transport));
    const link = new HeldLink(new MemoryLink(transport, this.settle));
    return { client: new RawClient(link, version), transport, link };
  }

  /** A connected client of this shard; its session outlives the connection if `isLasting`. */
  async clientAt(shardId: number, clientId: string, version: 3 | 4 | 5 = 5, isLasting = false): Promise<RawClient> {
    const { client } = this.openAt(shardId, version);
    const lasting = version === 5 && isLasting && { properties: { sessionExpiryInterval: 1000 } };
    await client.connect({ clientId, clean: !isLasting, ...lasting });
    return client;
  }
}

/** Payloads of the messages that have come and were not taken yet. */
export async function payloadsOf(client: RawClient): Promise<string[]> {
  await client.ping();
  const payloads: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    payloads.push(packet.payload.toString());
  }
  return payloads;
}

/** Fills the way from the first shard to another one, which reads no more. @returns what lets it read on */
export async function fillWay(broker: FourShards, shardId = 1): Promise<() => void> {
  const [{ peers }] = broker.shards as [Shard];
  const reader = broker.shards[shardId] as Shard;
  await (await broker.clientAt(shardId, `flooded-${shardId}`)).subscribe(`flood-${shardId}`, 0);
  const flood = await broker.clientAt(0, `flood-${shardId}`);
  await broker.settled();
  const poll = reader.peers.poll.bind(reader.peers);
  reader.peers.poll = () => {};
  for (let i = 0; i < 20; i++) flood.publish(`flood-${shardId}`, 'x'.repeat(2000));
  await broker.settled();
  if (peers.find(shardId)?.isFull !== true) throw new Error('the way has room');
  return () => {
    reader.peers.poll = poll;
    poll();
  };
}
