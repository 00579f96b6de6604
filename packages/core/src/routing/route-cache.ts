import { isWellFormedUtf8, MqttError } from '@nanomq-ts/codec';
import type { ReceiveCheck } from '../access/receive-check.ts';
import { topicNameFault } from '../topics/topic-filter.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { Route } from './route.ts';
import { compileRoute, type IndexEntry } from './route-compiler.ts';
import type { IndexListener, SubscriptionIndex } from './subscription-index.ts';

/**
 * What the routes kept may weigh in all: so much for each entry of `maxEntries`, and this at least. A unit is about a
 * hundred bytes of memory. Without it 65,536 topics with a thousand receivers each took 5 GB, and as many topic names of
 * 60 KB 8 GB.
 */
const WEIGHT_PER_ENTRY = 16;
const LEAST_WEIGHT = 100_000;
/** Name bytes that weigh as much as a target; a name is kept twice, as key and as bytes. */
const NAME_BYTES_PER_UNIT = 64;

/**
 * Topic bytes to compiled route. The name is checked only on a miss: what is in the cache was valid when it came
 * in. Bounded in entries and weight: when full, the oldest entries go.
 */
export class RouteCache implements IndexListener {
  readonly #routes = new Map<TopicKey, Route>();
  readonly #lists: (readonly IndexEntry[])[] = [];
  readonly #maxEntries: number;
  readonly #maxWeight: number;
  readonly #maxTopicLevels: number;
  #weight = 0;
  #index: SubscriptionIndex | null = null;
  #receiveCheck: ReceiveCheck | null = null;

  /** @param maxEntries  routes kept; 0 switches the cache off */
  constructor(maxEntries: number, maxTopicLevels: number) {
    this.#maxEntries = maxEntries;
    this.#maxWeight = Math.max(maxEntries * WEIGHT_PER_ENTRY, LEAST_WEIGHT);
    this.#maxTopicLevels = maxTopicLevels;
  }

  /** The index it compiles from; set once, right after both exist. */
  attach(index: SubscriptionIndex, receiveCheck: ReceiveCheck | null = null): void {
    this.#index = index;
    this.#receiveCheck = receiveCheck;
  }

  get size(): number {
    return this.#routes.size;
  }

  /**
   * The route for the topic name in `buf[start, end)`.
   * @throws MqttError MALFORMED_UTF8, TOPIC_NAME_INVALID
   */
  routeForBytes(buf: Buffer, start: number, end: number): Route {
    const topicKey = buf.toString('latin1', start, end);
    const route = this.#routes.get(topicKey);
    if (route !== undefined && route.generation === (this.#index as SubscriptionIndex).generation) return route;
    if (route === undefined) {
      if (!isWellFormedUtf8(buf, start, end)) throw new MqttError('MALFORMED_UTF8', { detail: 'topic name' }); // [MQTT-3.3.2-1] [MQTT-1.5.4-1]
      const fault = topicNameFault(topicKey, this.#maxTopicLevels);
      if (fault !== '') throw new MqttError('TOPIC_NAME_INVALID', { detail: fault });
    }
    return this.#compile(topicKey);
  }

  /** The route for a topic key that is known to be a valid topic name. */
  routeFor(topicKey: TopicKey): Route {
    const route = this.#routes.get(topicKey);
    return route !== undefined && this.isCurrent(route) ? route : this.#compile(topicKey);
  }

  /** A route for one use, for topics of the broker's own that nobody will publish to again soon. */
  passingRouteFor(topicKey: TopicKey): Route {
    return this.#routes.get(topicKey) === undefined ? this.#compiled(topicKey) : this.routeFor(topicKey);
  }

  /**
   * The route for what every shard is told, whoever subscribes to it; null when nobody here does. Then none is kept: the
   * topics of all shards would drive out those that this one needs.
   */
  receivingRouteFor(topicKey: TopicKey): Route | null {
    const held = this.#routes.get(topicKey);
    if (held !== undefined && this.isCurrent(held)) return held;
    return this.#index?.hasReceiver(topicKey) === true ? this.#compile(topicKey) : null;
  }

  /** Whether no subscription that the route could miss has come or gone since it was compiled. */
  isCurrent(route: Route): boolean {
    return route.isValid && route.generation === (this.#index as SubscriptionIndex).generation;
  }

  /** Drops the one route that a filter without a wildcard can touch. */
  exactFilterChanged(filterKey: TopicKey): void {
    const route = this.#routes.get(filterKey);
    if (route !== undefined) this.#forget(route);
  }

  /** With a check a route holds the members of a shared group that may receive, else the group itself. */
  get dependsOnMembers(): boolean {
    return this.#checkNow() !== null;
  }

  #checkNow(): ReceiveCheck | null {
    return this.#receiveCheck?.isOn === true ? this.#receiveCheck : null;
  }

  #compile(topicKey: TopicKey): Route {
    const route = this.#compiled(topicKey);
    this.#keep(topicKey, route);
    return route;
  }

  #compiled(topicKey: TopicKey): Route {
    const index = this.#index as SubscriptionIndex;
    const lists = this.#lists;
    index.match(topicKey, lists);
    const route = compileRoute(topicKey, index.generation, lists, this.#checkNow());
    lists.length = 0;
    return route;
  }

  #keep(topicKey: TopicKey, route: Route): void {
    if (this.#maxEntries === 0) {
      route.isValid = false;
      return;
    }
    const former = this.#routes.get(topicKey);
    if (former !== undefined) this.#forget(former);
    const weight = weightOf(route);
    for (const oldest of this.#routes.values()) {
      if (this.#routes.size < this.#maxEntries && this.#weight + weight <= this.#maxWeight) break;
      this.#forget(oldest);
    }
    this.#weight += weight;
    this.#routes.set(topicKey, route);
  }

  #forget(route: Route): void {
    route.isValid = false;
    this.#weight -= weightOf(route);
    this.#routes.delete(route.topicKey);
  }
}

function weightOf({ topicKey, targets }: Route): number {
  return 1 + targets.length + Math.floor(topicKey.length / NAME_BYTES_PER_UNIT);
}
