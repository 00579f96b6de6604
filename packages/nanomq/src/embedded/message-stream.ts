import type { Qos } from '@nanomq-ts/codec';
import { LocalSubscriber, type Shard } from '@nanomq-ts/core';
import { decodeMessageProperties, type ReceivedProperties } from './message-properties.ts';

/** A message that a subscription of the program got. */
export interface Message {
  readonly topicName: string;
  readonly payload: Buffer;
  /** The lower of what it was published with and what was subscribed to. */
  readonly qos: Qos;
  /** It was retained when the subscription was made, or `retainAsPublished` was asked for. */
  readonly retain: boolean;
  readonly properties: ReceivedProperties;
}

/** How `subscribe` subscribes. */
export interface SubscribeOptions {
  /** Highest QoS wanted. Default 0. */
  readonly qos?: Qos;
  /** Keep the RETAIN flag as the publisher set it. Default false. */
  readonly retainAsPublished?: boolean;
  /** Start with the retained messages that match. Default true; shared subscriptions never do. */
  readonly retained?: boolean;
  /** QoS 1 and 2 messages that may be under way to the loop, 1 to 65,535. Default 64. */
  readonly receiveMaximum?: number;
}

const DEFAULT_RECEIVE_MAXIMUM = 64;
const LARGEST_RECEIVE_MAXIMUM = 65_535;

/** A call of `next` that waits. */
type Waiter = (result: IteratorResult<Message, undefined>) => void;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The messages of one subscription, as an async iterable. A message is acknowledged when the loop takes it, so a slow
 * loop holds QoS 1 and 2 back: first `receiveMaximum` are under way, then the message queue fills, then publishers are
 * told. QoS 0 is dropped and counted when more than `mqtt.max_outbuffer_bytes` wait.
 *
 * Leaving the loop ends the subscription; so do `close()`, `await using` and the end of the broker. Messages that were
 * not taken by then are dropped, those of a shared subscription go to its other members.
 */
export class MessageStream implements AsyncIterableIterator<Message, undefined>, AsyncDisposable {
  readonly topicFilter: string;
  readonly #subscriber: LocalSubscriber;
  readonly #closed: (stream: MessageStream) => void;
  #waiters: Waiter[] = [];
  #isClosed = false;

  /**
   * Subscribes at once. @param closed  called once when it has ended
   * @throws MqttError TOPIC_FILTER_INVALID that names the fault; RangeError for options out of range
   */
  constructor(shard: Shard, topicFilter: string, options: SubscribeOptions, closed: (stream: MessageStream) => void) {
    const { qos = 0, retainAsPublished = false, retained = true, receiveMaximum = DEFAULT_RECEIVE_MAXIMUM } = options;
    if (qos !== 0 && qos !== 1 && qos !== 2) throw new RangeError(`QoS ${String(qos)} is none of 0, 1 and 2`);
    if (!Number.isInteger(receiveMaximum) || receiveMaximum < 1 || receiveMaximum > LARGEST_RECEIVE_MAXIMUM) {
      throw new RangeError(`receiveMaximum ${receiveMaximum} is not from 1 to ${LARGEST_RECEIVE_MAXIMUM}`);
    }
    this.topicFilter = topicFilter;
    this.#closed = closed;
    const retainHandling = retained ? 0 : 2;
    const asked = { qos, retainAsPublished, retainHandling, receiveMaximum } as const;
    this.#subscriber = new LocalSubscriber(shard, topicFilter, asked, () => this.#serve());
  }

  /** The next message; done after the end. Calls may overlap: they are served in their order. */
  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#isClosed) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.#serve();
    });
  }

  /** Ends the subscription; what `for await` calls when the loop is left. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this.close();
    return Promise.resolve(DONE);
  }

  /**
   * Ends the subscription at once; loops over it end. Calls of `next` that wait get what was published before.
   * May be called again.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#serve();
    this.#isClosed = true;
    this.#subscriber.close();
    for (const resolve of this.#waiters) resolve(DONE);
    this.#waiters = [];
    this.#closed(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const message = this.#take();
      if (message === null) return;
      (this.#waiters.shift() as Waiter)({ done: false, value: message });
    }
  }

  #take(): Message | null {
    const taken = this.#subscriber.take();
    if (taken === null) return null;
    const { topicName, payload, qos, retain } = taken;
    return { topicName, payload, qos, retain, properties: decodeMessageProperties(taken.properties) };
  }
}
