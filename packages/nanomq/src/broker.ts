import type { NanomqConfig } from '@nanomq-ts/config';
import type { Logger, Shard } from '@nanomq-ts/core';
import {
  type BrokerOptions,
  type EmbeddedConfiguration,
  embeddedConfig,
  programAccess,
  programConfig,
  warnOfShards,
} from './broker-options.ts';
import { type HttpAddress, MainComposition } from './compose-main.ts';
import { type BrokerEventListener, type BrokerEventName, BrokerEvents } from './embedded/broker-events.ts';
import { embeddedControl } from './embedded/embedded-control.ts';
import { MessageStream, type SubscribeOptions } from './embedded/message-stream.ts';
import { type PublishOptions, type PublishOutcome, publishMessage } from './embedded/publish-message.ts';
import type { ListenerAddress } from './listeners/open-listeners.ts';
import { silentLogger } from './silent-logger.ts';
import { SystemClock } from './system-clock.ts';

/**
 * Makes a broker; nothing listens yet.
 * @throws ConfigError when `config` is text that is not a valid configuration
 */
export async function createBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { logger = silentLogger } = options;
  const configuration = embeddedConfig(options, logger);
  warnOfShards(configuration.config, logger);
  return new Broker(configuration, options, logger);
}

/** A whole broker in this process, made by {@link createBroker}. `await using` closes it. */
export class Broker implements AsyncDisposable {
  readonly config: NanomqConfig;
  readonly #main: MainComposition;
  readonly #events: BrokerEvents;
  readonly #streams = new Set<MessageStream>();

  constructor({ config, current }: EmbeddedConfiguration, options: BrokerOptions, logger: Logger) {
    this.config = config;
    const main = { prepare: (next: NanomqConfig) => this.#main.prepare(programConfig(next, options)) };
    this.#main = new MainComposition({
      config: programConfig(config, options),
      control: () => embeddedControl(current, { main, close: () => this.close(), logger }),
      clock: options.clock ?? new SystemClock(),
      logger,
      cwd: process.cwd(),
      aroundAccess: (rules) => programAccess(rules, options, logger),
    });
    this.#events = new BrokerEvents(logger);
    this.#shard.events.add(this.#events);
  }

  /** Where the HTTP API listens; null before `listen` and without `http_server` in the configuration. */
  get httpAddress(): HttpAddress | null {
    return this.#main.httpAddress;
  }

  /**
   * Opens the listeners of the configuration, and the HTTP API; called again it gives the same. Rejects when one cannot
   * be opened or the broker is closed; those that could be opened stay open until `close`.
   */
  async listen(): Promise<readonly ListenerAddress[]> {
    this.#assertOpen();
    return this.#main.listen();
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
    for (const stream of this.#streams) stream.close();
    return this.#main.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #shard(): Shard {
    return this.#main.shard;
  }

  #assertOpen(): void {
    if (this.#main.isClosing) throw new Error('the broker is closed');
  }
}
