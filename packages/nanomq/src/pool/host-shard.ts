import type { ListenerView } from '@nanomq-ts/admin';
import type { Clock } from '@nanomq-ts/core';
import { DirectoryClient, HUB_ID, ShardDoor, type ThreadSeat } from '@nanomq-ts/taskq';
import { ComposedShard } from '../compose-shard.ts';
import { ListenError } from '../listeners/listen-error.ts';
import type { ListenerAddress } from '../listeners/open-listeners.ts';
import { scheduleAsBatch } from './batch-scheduling.ts';
import { FairAccept } from './fair-accept.ts';
import { LineLogger } from './line-logger.ts';
import { type ShardDoors, type ShardSettings, shardConfig } from './shard-settings.ts';

/**
 * Composes a shard from its seat and carries out what the main thread orders.
 * @throws AuthError when users, rules or keys are not good
 */
export function hostShard(seat: ThreadSeat<ShardSettings>, clock: Clock): void {
  const { shardId, settings } = seat;
  const { config, cwd, brokerId } = settings;
  const door = new ShardDoor<ShardSettings, ShardDoors, ListenerAddress, ListenerView>(seat, clock);
  const logger = new LineLogger(config.log.level, (news) => door.tell(news));
  if (config.taskq.usesBatchScheduling) {
    scheduleAsBatch((cause) => {
      // Once for all of them: what keeps one from it keeps every one.
      if (shardId === HUB_ID + 1) logger.info({}, `shards run with the normal scheduling policy: ${cause}`);
    });
  }
  const directory = new DirectoryClient(seat.directory, clock);
  const composed = new ComposedShard({
    config: shardConfig(config),
    cwd,
    clock,
    logger,
    cluster: { shardId, directory },
    ...(brokerId !== undefined && { brokerId }),
  });
  door.serve({
    shard: composed.shard,
    admin: composed.admin,
    listen: (doors) => {
      if (sharesDescriptor(doors)) {
        const fair = new FairAccept(composed.shard, clock);
        composed.shard.events.add(fair);
        composed.onAccepted = () => fair.accepted();
      }
      return composed.listen(doors).catch(throwNamed);
    },
    listenerViews: () => composed.listenerViews(),
    prepare: async (next) => {
      const change = await composed.prepare(shardConfig(next.config)).catch(throwNamed);
      const commit = () => {
        logger.setLevel(next.config.log.level);
        change.commit();
      };
      return { ...change, commit };
    },
    close: () => composed.close(),
  });
}

function sharesDescriptor(doors: ShardDoors): boolean {
  return Object.values(doors).some(({ fd }) => fd !== undefined);
}

/** The listener's configuration stays here: an error takes only its name to the main thread. */
function throwNamed(error: unknown): never {
  if (error instanceof ListenError) throw Object.assign(error, { listener: error.spec.id });
  throw error;
}
