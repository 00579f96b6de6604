import type { Connection } from '../connection/connection.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { RetainedMessage } from './retained-message.ts';
import type { RetainedWalk } from './retained-tree.ts';

/** What a replay needs of the retained messages. */
export interface ReplaySource {
  get(topicKey: TopicKey): RetainedMessage | undefined;
  walk(filterKey: TopicKey, hasWildcard: boolean): RetainedWalk<RetainedMessage>;
  send(subscription: Subscription, topicKey: TopicKey, retained: RetainedMessage): void;
  /** Whether it may look at one more level now; if not, the session's replays will be told to go on later. */
  mayLook(session: Session): boolean;
}

/**
 * The retained messages that one SUBSCRIBE is owed. They go out as fast as the client takes them: the rest waits for
 * its connection and its inflight window, not in its message queue, where a limit would lose some. It belongs to the
 * session, so a client that comes back gets the rest.
 */
export class Replay {
  readonly subscription: Subscription;
  readonly #source: ReplaySource;
  /** null until its turn comes: what waits behind others costs nothing. */
  #walk: RetainedWalk<RetainedMessage> | null = null;
  /** Found and not sent yet. */
  #found: TopicKey | null = null;
  readonly #visit = (topicKey: TopicKey): void => {
    this.#found = topicKey;
  };

  constructor(source: ReplaySource, subscription: Subscription) {
    this.#source = source;
    this.subscription = subscription;
  }

  /** @returns true when nothing is left to send, false when it has to wait */
  goOn(connection: Connection): boolean {
    const { subscription } = this;
    const session = subscription.session;
    this.#walk ??= this.#source.walk(subscription.filterKey, subscription.hasWildcard);
    for (;;) {
      if (this.#found !== null && !this.#sendFound(connection, session, this.#found)) return false;
      if (!this.#source.mayLook(session)) return false;
      if (!this.#walk.advance(1, this.#visit) && this.#found === null) return true;
    }
  }

  /** @returns false when the client cannot take it now */
  #sendFound(connection: Connection, session: Session, topicKey: TopicKey): boolean {
    if (connection.isCongested) return false;
    const retained = this.#source.get(topicKey);
    if (retained !== undefined) {
      if (retained.qos > 0 && this.subscription.qos > 0 && mustWait(session)) return false;
      this.#source.send(this.subscription, topicKey, retained);
    }
    this.#found = null;
    return true;
  }
}

/** Puts a replay behind those of its session, in place of an earlier one for the same subscription. */
export function addReplay(session: Session, replay: Replay): void {
  const { topicFilter } = replay.subscription;
  session.replays ??= new Map();
  session.replays.delete(topicFilter);
  session.replays.set(topicFilter, replay);
}

/** The subscription has gone: what it was still owed goes too. [MQTT-3.10.4-2] */
export function dropReplay(session: Session, topicFilter: string): void {
  if (session.replays?.delete(topicFilter) === true && session.replays.size === 0) session.replays = null;
}

/** The client can take more: its connection drained, there is room in its inflight window, or it is back. */
export function goOnReplaying(session: Session): void {
  const { connection, replays } = session;
  if (connection === null || replays === null) return;
  for (const [topicFilter, replay] of replays) {
    if (isHeld(session, replay.subscription) && !replay.goOn(connection)) return;
    replays.delete(topicFilter);
  }
  session.replays = null;
}

function isHeld(session: Session, subscription: Subscription): boolean {
  return session.subscriptions?.get(subscription.topicFilter) === subscription;
}

/** Whether QoS 1 and 2 would go to the message queue now. */
function mustWait(session: Session): boolean {
  if (session.queue !== null && session.queue.length > 0) return true;
  return session.window !== null && (session.window.isFull || session.window.unsent > 0);
}
