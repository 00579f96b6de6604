import type { Connection } from '../connection/connection.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { RetainedMessage } from './retained-messages.ts';

/** What a replay needs of the retained messages. */
export interface ReplaySource {
  get(topicKey: TopicKey): RetainedMessage | undefined;
  send(subscription: Subscription, topicKey: TopicKey, retained: RetainedMessage): void;
}

/**
 * The retained messages that one SUBSCRIBE is owed. They go out as fast as the client takes them: the rest waits for
 * its connection and its inflight window, not in its message queue, where a limit would lose some. It belongs to the
 * session, so a client that comes back gets the rest.
 */
export class Replay {
  readonly subscription: Subscription;
  readonly #source: ReplaySource;
  readonly #topics: readonly TopicKey[];
  #next = 0;

  constructor(source: ReplaySource, subscription: Subscription, topics: readonly TopicKey[]) {
    this.#source = source;
    this.subscription = subscription;
    this.#topics = topics;
  }

  /** @returns true when nothing is left to send, also because the subscription is gone [MQTT-3.10.4-2] */
  goOn(connection: Connection): boolean {
    const { subscription } = this;
    const session = subscription.session;
    if (!isHeld(session, subscription)) return true;
    for (; this.#next < this.#topics.length; this.#next++) {
      if (connection.isCongested) return false;
      const topicKey = this.#topics[this.#next] as TopicKey;
      const retained = this.#source.get(topicKey);
      if (retained === undefined) continue;
      if (retained.qos > 0 && subscription.qos > 0 && mustWait(session)) return false;
      this.#source.send(subscription, topicKey, retained);
    }
    return true;
  }
}

/** Keeps what a replay has still to send, in place of an earlier one for the same subscription. */
export function keepReplay(session: Session, replay: Replay): void {
  const others = session.replays?.filter((other) => other.subscription !== replay.subscription) ?? [];
  session.replays = [...others, replay];
}

/** The client can take more: its connection drained, there is room in its inflight window, or it is back. */
export function goOnReplaying(session: Session): void {
  const { connection, replays } = session;
  if (connection === null || replays === null) return;
  while (replays.length > 0 && replays[0]?.goOn(connection) === true) replays.shift();
  if (replays.length === 0) session.replays = null;
}

function isHeld(session: Session, subscription: Subscription): boolean {
  return session.subscriptions?.get(subscription.topicFilter) === subscription;
}

/** Whether QoS 1 and 2 would go to the message queue now. */
function mustWait(session: Session): boolean {
  if (session.queue !== null && session.queue.length > 0) return true;
  return session.window !== null && (session.window.isFull || session.window.unsent > 0);
}
