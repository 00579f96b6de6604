import { isDeepStrictEqual } from 'node:util';
import { Bridge } from './bridge.ts';
import type { BridgeOptions } from './bridge-options.ts';
import type { BridgeSeat } from './bridge-seat.ts';
import { LocalFilters } from './local-filters.ts';

/** How often bridges look after their time, milliseconds. */
const TICK_MS = 250;
const SYS_PREFIX = '$SYS/brokers/bridges/';
const NO_PAYLOAD = Buffer.alloc(0);

/** A bridge of the configuration, switched on or off. */
export interface BridgeSwitch {
  readonly options: BridgeOptions;
  readonly enable: boolean;
}

/** All bridges of a broker, by name, in the order of the configuration. */
export class Bridges {
  readonly #seat: BridgeSeat;
  readonly #localFilters: LocalFilters;
  readonly #bridges = new Map<string, Bridge>();
  readonly #stops: (() => void)[] = [];
  /** Statistics that stand under `$SYS`, by bridge. */
  readonly #published = new Map<string, readonly string[]>();

  /** @param sysIntervalMs  between statistics under `$SYS`; 0 = none */
  constructor(seat: Omit<BridgeSeat, 'localFilters'>, sysIntervalMs = 0) {
    const { clock, shard } = seat;
    this.#localFilters = new LocalFilters(shard, {
      filterAppeared: (topicFilter) => this.#follow(topicFilter, true),
      filterGone: (topicFilter) => this.#follow(topicFilter, false),
    });
    this.#seat = { ...seat, localFilters: () => this.#localFilters.all };
    this.#stops.push(clock.every(TICK_MS, () => this.#tick()));
    if (sysIntervalMs > 0) this.#stops.push(clock.every(sysIntervalMs, () => this.#publishStatistics()));
  }

  /** A bridge that is on. */
  find(name: string): Bridge | undefined {
    return this.#bridges.get(name);
  }

  /** Those that are on. */
  values(): IterableIterator<Bridge> {
    return this.#bridges.values();
  }

  /** Puts a list of bridges into force: what is as before stays untouched, connections and backlog included. */
  apply(wanted: readonly BridgeSwitch[]): void {
    const on = new Map(wanted.flatMap(({ options, enable }) => (enable ? [[options.name, options] as const] : [])));
    for (const name of [...this.#bridges.keys()].filter((each) => !on.has(each))) {
      this.#remove(name);
      this.#withdrawStatistics(name);
    }
    for (const [name, options] of on) {
      const bridge = this.#bridges.get(name);
      if (bridge === undefined) this.#add(options);
      else if (!isDeepStrictEqual(bridge.options, options)) bridge.change(options);
    }
  }

  /** Ends all bridges; what waits in them is dropped and counted. */
  close(): void {
    for (const stop of this.#stops) stop();
    for (const name of [...this.#bridges.keys()]) this.#remove(name);
  }

  #add(options: BridgeOptions): void {
    const bridge = new Bridge(this.#seat, options);
    this.#bridges.set(options.name, bridge);
    bridge.start();
  }

  #remove(name: string): void {
    this.#bridges.get(name)?.close();
    this.#bridges.delete(name);
  }

  /** Nobody would ever say again that they are not true any more. */
  #withdrawStatistics(name: string): void {
    for (const topic of this.#published.get(name) ?? []) {
      this.#seat.shard.publish(topicNameOf(name, topic), NO_PAYLOAD, { retain: true });
    }
    this.#published.delete(name);
  }

  #follow(topicFilter: string, isThere: boolean): void {
    for (const bridge of this.#bridges.values()) bridge.follow(topicFilter, isThere);
  }

  #tick(): void {
    const nowMs = this.#seat.clock.nowMs();
    for (const bridge of this.#bridges.values()) bridge.tick(nowMs);
  }

  #publishStatistics(): void {
    for (const { name, status } of this.#bridges.values()) {
      if (/[+#/\0]/.test(name)) continue;
      const { state, backlogMessages, backlogBytes, oldestBacklogMs, reconnects, sentMessages, receivedMessages } =
        status;
      const values = {
        state,
        'backlog/messages': backlogMessages,
        'backlog/bytes': backlogBytes,
        'backlog/oldest_ms': Math.round(oldestBacklogMs),
        reconnects,
        'messages/sent': sentMessages,
        'messages/received': receivedMessages,
        'messages/dropped': sumOf(status.droppedOutByReason) + sumOf(status.droppedInByReason),
      };
      for (const [topic, value] of Object.entries(values)) {
        this.#seat.shard.publish(topicNameOf(name, topic), Buffer.from(String(value)), { retain: true });
      }
      this.#published.set(name, Object.keys(values));
    }
  }
}

function topicNameOf(bridge: string, topic: string): string {
  return `${SYS_PREFIX}${bridge}/${topic}`;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
