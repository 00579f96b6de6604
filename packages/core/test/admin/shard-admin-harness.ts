import { ShardAdmin, type ShardOptions, type ShardParts } from '@nanomq-ts/core';
import { type AdminHarness, ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';

/** A shard in memory and its administration. Time and turns pass as the test says. */
export class ShardAdminHarness extends ShardHarness implements AdminHarness {
  readonly listenerName = 'tcp:default';
  readonly admin: ShardAdmin;
  /** Turns that the administration has let the event loop take: one before each walk and one after each full batch. */
  turns = 0;
  /** Called in each of those turns. */
  onTurn: () => void = () => {};

  constructor(options: Partial<ShardOptions> = {}, parts: Partial<ShardParts> = {}) {
    super(options, { ...ONE_SHARD, ...parts });
    const nextTurn = async (): Promise<void> => {
      this.turns++;
      this.onTurn();
      this.clock.runTurn();
    };
    this.admin = new ShardAdmin(this.shard, this.clock, { isSpent: () => true, nextTurn });
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
  }

  async close(): Promise<void> {
    this.shard.close();
  }
}
