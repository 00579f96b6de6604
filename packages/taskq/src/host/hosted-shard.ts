import type { AdminPort, Shard } from '@nanomq-ts/core';

/** A change of settings that was checked and waits for the other shards. */
export interface HostedChange {
  /** Names of what has to wait for a restart. */
  readonly held: readonly string[];
  commit(): void;
  discard(): Promise<void>;
}

/** What runs in a worker thread: a shard and what hangs on it. Made by the product. */
export interface HostedShard<Settings, Doors, Address, View> {
  readonly shard: Shard;
  readonly admin: AdminPort;
  /** Opens the listeners; rejects when one cannot be opened. */
  listen(doors: Doors): Promise<readonly Address[]>;
  /** The open listeners, for who shows them. */
  listenerViews(): Promise<readonly View[]>;
  /** Rejects when the settings cannot be used; then nothing has changed. */
  prepare(settings: Settings): Promise<HostedChange>;
  /** Closes the listeners and ends every connection; settles when all are gone. */
  close(): Promise<void>;
}
