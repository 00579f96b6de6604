import { type AdminPort, type Shard, ShardAdmin, type ShardOptions } from '@nanomq-ts/core';
import { type AdminHarness, type MemoryTransport, ShardHarness } from '@nanomq-ts/testkit';
import { AdminDesk } from '../../src/gather/admin-desk.ts';
import type { AdminQuestion } from '../../src/gather/admin-question.ts';
import { GatheredAdmin } from '../../src/gather/gathered-admin.ts';
import { GatheredShards } from '../../src/gather/gathered-shards.ts';
import { RemoteAdmin } from '../../src/gather/remote-admin.ts';

/** A hub and four shards in one thread, clients on the four by turns, and the administration of all of them. */
export class GatheredHarness extends ShardHarness implements AdminHarness {
  readonly listenerName = 'tcp:default';
  readonly shardsOfClients: readonly Shard[];
  readonly gathered: GatheredShards;
  readonly admin: AdminPort;
  #next = 0;

  constructor(options: Partial<ShardOptions> = {}) {
    super(options, { shardCount: 5 });
    const [hub, ...others] = this.shards as [Shard, ...Shard[]];
    this.shardsOfClients = others;
    this.gathered = new GatheredShards(this.#adminOf(hub));
    const holderOf = (clientId: string) => this.directory.holderOf(clientId);
    this.admin = new GatheredAdmin({ shards: this.gathered, holderOf, clock: this.#turning, logger: hub.logger });
    for (const shard of others) this.gathered.add({ id: shard.shardId, admin: this.#remote(shard) });
    for (const { peers } of this.shards) this.#passTurnsFor(peers);
  }

  /** Clients come to all shards but the hub. */
  override accept(transport: MemoryTransport): void {
    const shard = this.shardsOfClients[this.#next++ % this.shardsOfClients.length] as Shard;
    transport.attach(shard.accept(transport));
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settled();
  }

  async close(): Promise<void> {
    for (const shard of this.shards) shard.close();
  }

  /** A clock whose turns end by themselves: nobody else waits for them here. */
  get #turning() {
    const { clock } = this;
    return {
      nowMs: () => clock.nowMs(),
      every: (ms: number, callback: () => void) => clock.every(ms, callback),
      afterTurn: (callback: () => void) =>
        void Promise.resolve().then(() => {
          this.runTurns();
          callback();
        }),
    };
  }

  /** While an order waits for room, nobody else lets turns pass here. */
  #passTurnsFor(peers: Shard['peers']): void {
    const whenRoom = peers.whenRoom.bind(peers);
    peers.whenRoom = () => {
      const room = whenRoom();
      if (room !== null) queueMicrotask(() => this.runTurns());
      return room;
    };
  }

  #adminOf(shard: Shard): ShardAdmin {
    return new ShardAdmin(shard, this.clock, { isSpent: () => false, nextTurn: async () => void this.runTurns() });
  }

  /** As over a port: everything is cloned. */
  #remote(shard: Shard): RemoteAdmin {
    const desk = new AdminDesk(this.#adminOf(shard), (event) => remote.eventTold(structuredClone(event)));
    const remote: RemoteAdmin = new RemoteAdmin(async <Answer>(question: AdminQuestion) => {
      const answer = structuredClone(await desk.answer(structuredClone(question)));
      this.runTurns();
      return answer as Answer;
    });
    return remote;
  }
}
