import type { MessagePort } from 'node:worker_threads';
import type { Placement } from '@nanomq-ts/core';
import type { BellMemory } from '../ring.ts';

/** What a worker thread is born with: its number, its settings and its ports to the main thread. Ports are transferred. */
export interface ThreadSeat<Settings> {
  readonly shardId: Placement;
  readonly settings: Settings;
  readonly bell: BellMemory;
  /** For a `CallPort`: orders come, news go. */
  readonly orders: MessagePort;
  /** For a `DirectoryClient`. */
  readonly directory: MessagePort;
}
