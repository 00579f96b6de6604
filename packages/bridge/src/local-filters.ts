import { type FilterWatcher, type Shard, textOfTopicKey } from '@nanomq-ts/core';

/** Who is told of filters that somebody here subscribes to, the first time and no more. */
export interface LocalFiltersListener {
  filterAppeared(topicFilter: string): void;
  filterGone(topicFilter: string): void;
}

/**
 * What is subscribed to on this broker, for transparent bridges: each filter once, without `$share/name/`, and nothing of
 * `$SYS`. It knows what was subscribed since it is there.
 */
export class LocalFilters implements FilterWatcher {
  readonly #counts = new Map<string, number>();
  readonly #listener: LocalFiltersListener;

  constructor(shard: Shard, listener: LocalFiltersListener) {
    this.#listener = listener;
    shard.index.watch(this);
  }

  /** The filters that are there now. */
  get all(): readonly string[] {
    return [...this.#counts.keys()].map(textOfTopicKey);
  }

  filterAdded(filterKey: string): void {
    if (filterKey.startsWith('$SYS')) return;
    const count = this.#counts.get(filterKey) ?? 0;
    this.#counts.set(filterKey, count + 1);
    if (count === 0) this.#listener.filterAppeared(textOfTopicKey(filterKey));
  }

  filterRemoved(filterKey: string): void {
    const count = this.#counts.get(filterKey);
    if (count === undefined) return;
    if (count > 1) this.#counts.set(filterKey, count - 1);
    else {
      this.#counts.delete(filterKey);
      this.#listener.filterGone(textOfTopicKey(filterKey));
    }
  }
}
