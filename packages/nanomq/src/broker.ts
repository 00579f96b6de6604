import type { NanomqConfig } from '@nanomq-ts/config';
import { type Clock, type Logger, MemoryStore, Shard, type Transport } from '@nanomq-ts/core';
import { listenTcp, type TcpListener } from '@nanomq-ts/listeners';
import { type BrokerOptions, embeddedAccess, embeddedConfig } from './broker-options.ts';
import { type BrokerEventListener, type BrokerEventName, BrokerEvents } from './embedded/broker-events.ts';
import { MessageStream, type SubscribeOptions } from './embedded/message-stream.ts';
import { type PublishOptions, type PublishOutcome, publishMessage } from './embedded/publish-message.ts';
import { silentLogger } from './silent-logger.ts';
import { SystemClock } from './system-clock.ts';

/** How long connections may take to read their DISCONNECT before they are cut, in milliseconds. */
const CLOSE_GRACE_MS = 3000;

/** Where a listener really listens. */
export interface ListenerAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Makes a broker; nothing listens yet.
 * @throws ConfigError when `config` is text that is not a valid configuration
 */
export async function createBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { logger = silentLogger } = options;
  return new Broker(embeddedConfig(options, logger), options, logger);
}

/** A whole broker in this process, made by {@link createBroker}. `await using` closes it. */
export class Broker implements AsyncDisposable {
  readonly config: NanomqConfig;
  readonly #shard: Shard;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #events: BrokerEvents;
  readonly #listeners: TcpListener[] = [];
  readonly #streams = new Set<MessageStream>();
  #listening: Promise<readonly ListenerAddress[]> | null = null;
  #closing: Promise<void> | null = null;

  constructor(config: NanomqConfig, options: BrokerOptions, logger: Logger) {
    this.config = config;
    this.#logger = logger;
    this.#clock = options.clock ?? new SystemClock();
    this.#shard = new Shard({
      options: config.mqtt,
      access: embeddedAccess(config, options, logger),
      store: new MemoryStore(),
      clock: this.#clock,
      logger,
    });
    this.#events = new BrokerEvents(logger);
    this.#shard.events.add(this.#events);
  }

  /**
   * Opens the listeners of the configuration; called again it gives the same. Rejects when one cannot be opened or the
   * broker is closed; those that could be opened stay open until `close`.
   */
  async listen(): Promise<readonly ListenerAddress[]> {
    this.#assertOpen();
    this.#listening ??= this.#listen();
    return this.#listening;
  }

  /**
   * Publishes to clients and to the program's own subscriptions. The bytes are copied before this returns.
   * @returns settles when the message is routed and what must be durable is safe
   * @throws MqttError (rejects) naming the fault: TOPIC_NAME_INVALID, FORBIDDEN_PROPERTY, PAYLOAD_FORMAT_INVALID,
   *   TOO_MANY_USER_PROPERTIES; RangeError for a QoS that is none; Error when the broker is closed
   */
  async publish(
    topicName: string,
    payload: string | Uint8Array,
    options: PublishOptions = {},
  ): Promise<PublishOutcome> {
    this.#assertOpen();
    return publishMessage(this.#shard, topicName, payload, options);
  }

  /**
   * Subscribes, at once, and gives the messages as an async iterable. Not asked of hooks; raises no events.
   * @throws MqttError TOPIC_FILTER_INVALID naming the fault; RangeError for options out of range; Error when the broker
   *   is closed
   */
  subscribe(topicFilter: string, options: SubscribeOptions = {}): MessageStream {
    this.#assertOpen();
    const stream = new MessageStream(this.#shard, topicFilter, options, (ended) => this.#streams.delete(ended));
    this.#streams.add(stream);
    return stream;
  }

  /**
   * Tells `listener` of what happens to clients, at once and while it happens: keep it short.
   * @returns what takes the listener off again
   */
  on<N extends BrokerEventName>(name: N, listener: BrokerEventListener<N>): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Ends every connection with 0x8B, every subscription of the program and all listeners. Clients have 3 s to take
   * what waits for them. Afterwards nothing of the broker keeps the process alive. May be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #listen(): Promise<readonly ListenerAddress[]> {
    for (const { name, host, port, enable } of this.config.listeners.tcp) {
      if (!enable) continue;
      const onError = (err: Error) => this.#logger.error({ err, listener: name }, 'a connection could not be accepted');
      // Those the kernel had accepted before the listener closed are too late.
      const accept = (transport: Transport) => (this.#closing === null ? this.#shard.accept(transport) : null);
      const listener = await listenTcp({ host, port, name: `tcp:${name}`, accept, onError });
      if (this.#closing !== null) await listener.close();
      this.#assertOpen();
      this.#listeners.push(listener);
    }
    return this.#listeners.map(({ name, host, port }) => ({ name, host, port }));
  }

  async #close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    for (const stream of this.#streams) stream.close();
    this.#shard.close();
    const stopGrace = this.#clock.every(CLOSE_GRACE_MS, () => this.#shard.destroyConnections());
    await this.#shard.whenConnectionsGone();
    stopGrace();
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw new Error('the broker is closed');
  }
}
