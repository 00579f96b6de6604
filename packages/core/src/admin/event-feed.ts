import { DROP_REASON_LABELS } from '../observe/drop-reason.ts';
import type { ShardEvents } from '../observe/events.ts';
import type { AdminEvent } from '../ports/admin.ts';
import type { Clock } from '../ports/clock.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { Shard } from '../shard.ts';
import { clientView } from './client-views.ts';
import { subscriptionView } from './subscription-views.ts';

/** How often drops are told, in milliseconds. */
const DROPS_INTERVAL_MS = 1000;

type Listener = (event: AdminEvent) => void;

/**
 * Tells what happens to clients, and once a second what was dropped, to whoever listens; costs nothing while nobody
 * does. A listener that throws is logged and does not disturb the others.
 */
export class EventFeed implements Partial<ShardEvents> {
  readonly #shard: Shard;
  readonly #clock: Clock;
  /** Replaced and never changed, so that a listener may come or go while it is told. */
  #listeners: readonly Listener[] = [];
  #isAttached = false;
  #stopDrops: () => void = () => {};
  /** Of `Counters.dropped`, what was told or happened before anybody listened. */
  #dropsTold: readonly number[] = [];

  constructor(shard: Shard, clock: Clock) {
    this.#shard = shard;
    this.#clock = clock;
  }

  /** Tells `listener` from now on. @returns what takes it off */
  add(listener: Listener): () => void {
    // One of its own, so that the same function given twice is two listeners.
    const entry: Listener = (event) => listener(event);
    if (this.#listeners.length === 0) this.#start();
    this.#listeners = [...this.#listeners, entry];
    return () => {
      if (!this.#listeners.includes(entry)) return;
      this.#listeners = this.#listeners.filter((other) => other !== entry);
      if (this.#listeners.length === 0) this.#stopDrops();
    };
  }

  connected(session: Session): void {
    this.#tell(() => ({ type: 'connected', atMs: this.#nowMs, client: clientView(session) }));
  }

  disconnected({ clientId }: Session, reasonCode: number): void {
    this.#tell(() => ({ type: 'disconnected', atMs: this.#nowMs, clientId, reasonCode }));
  }

  subscribed(_: Session, subscription: Subscription): void {
    this.#tell(() => ({ type: 'subscribed', atMs: this.#nowMs, subscription: subscriptionView(subscription) }));
  }

  unsubscribed({ clientId }: Session, topicFilter: string): void {
    this.#tell(() => ({ type: 'unsubscribed', atMs: this.#nowMs, clientId, topicFilter }));
  }

  get #nowMs(): number {
    return this.#shard.turn.nowMs;
  }

  #start(): void {
    if (!this.#isAttached) this.#shard.events.add(this);
    this.#isAttached = true;
    this.#dropsTold = [...this.#shard.counters.dropped];
    this.#stopDrops = this.#clock.every(DROPS_INTERVAL_MS, () => this.#tellDrops());
  }

  #tellDrops(): void {
    const dropped = [...this.#shard.counters.dropped];
    const told = this.#dropsTold;
    this.#dropsTold = dropped;
    const atMs = this.#clock.nowMs();
    DROP_REASON_LABELS.forEach((reason, i) => {
      const count = (dropped[i] as number) - (told[i] as number);
      if (count > 0) this.#tell(() => ({ type: 'dropped', atMs, reason, count }));
    });
  }

  #tell(describe: () => AdminEvent): void {
    if (this.#listeners.length === 0) return;
    const event = describe();
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (err) {
        this.#shard.logger.error({ err, event: event.type }, 'a listener of administration events failed');
      }
    }
  }
}
