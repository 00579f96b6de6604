import { randomBytes } from 'node:crypto';
import { type ConnackPacket, ReasonCode } from '@nanomq-ts/codec';
import { type BridgeStatus, ClientStatus, OwnClient } from '@nanomq-ts/core';
import type { BridgeOptions, SubscriptionRule } from './bridge-options.ts';
import { BridgeRecord } from './bridge-record.ts';
import type { BridgeSeat } from './bridge-seat.ts';
import { Connector } from './connector.ts';
import { Copies, LAST_LOCAL_PACKET_ID } from './link/copies.ts';
import { ForwardPlanner, mostCopies } from './link/forward-plan.ts';
import { Link } from './link/link.ts';
import { linkTerms, windowLimit } from './link/link-terms.ts';
import { SubscriptionPlanner } from './link/subscription-plan.ts';
import { type ConnectedRemotes, textOf } from './remote/connect-remotes.ts';
import type { Credentials } from './remote/credentials.ts';
import { type RequestProperties, Subscriber } from './remote/subscriber.ts';
import { type CheckedRules, checkRules } from './rules.ts';
import { repeated, requestOf } from './subscription-request.ts';

/** With the prefix not more than the 23 characters that MQTT 3.1 allows. */
const RANDOM_BYTES = 4;

/**
 * One bridge: a client of the local broker inside it and a client of the remote broker, joined by a {@link Link} while
 * there is a connection. Between connections messages wait in the core. It makes its own attempts until `close`.
 */
export class Bridge {
  readonly #seat: BridgeSeat;
  readonly #own: OwnClient;
  readonly #copies = new Copies();
  readonly #record: BridgeRecord;
  readonly #connector: Connector;
  readonly #status: ClientStatus;
  #options: BridgeOptions;
  #rules: CheckedRules;
  #link: Link | null = null;
  #subscriber: Subscriber | null = null;
  /** Filters it subscribes to here, with their terms. */
  readonly #subscribed = new Map<string, string>();
  #isOff = true;

  constructor(seat: BridgeSeat, options: BridgeOptions) {
    this.#seat = seat;
    this.#options = options;
    this.#rules = checkRules(options);
    const clientId =
      options.clientId === '' ? `nanomq-bridge-${randomBytes(RANDOM_BYTES).toString('hex')}` : options.clientId;
    const { queueBound, queuesQos0 } = options;
    this.#own = new OwnClient(seat.shard, {
      clientId,
      lastPacketId: LAST_LOCAL_PACKET_ID,
      queueBound,
      queuesQos0,
    });
    this.#record = new BridgeRecord(this.#own, () => seat.clock.nowMs());
    this.#status = new ClientStatus(
      (topicName, payload) => void seat.shard.publish(topicName, Buffer.from(payload()), { retain: true }),
      () => seat.clock.nowMs(),
    );
    this.#connector = new Connector(seat, options, clientId, {
      trying: (server) => {
        this.#record.server = server;
      },
      connected: (remotes, credentials) => this.#connected(remotes, credentials),
      failed: (text) => this.#failed(text),
    });
    this.#applyForwards();
  }

  get name(): string {
    return this.#options.name;
  }

  /** As it is now, subscriptions made at run time included. */
  get options(): BridgeOptions {
    return this.#options;
  }

  get status(): BridgeStatus {
    const isConnected = this.#link !== null;
    return this.#record.status(this.#isOff ? 'off' : isConnected ? 'connected' : 'connecting');
  }

  /** Begins to connect, and goes on until `close`. */
  start(): void {
    if (!this.#isOff) return;
    this.#isOff = false;
    this.#record.stateChanged();
    this.#warn();
    this.#connector.begin();
  }

  /** To be called a few times a second. */
  tick(nowMs: number): void {
    this.#record.tick(nowMs);
    this.#connector.tick(nowMs);
    this.#link?.tick(this.#record.isOwed || this.#subscriber?.isWaiting === true);
  }

  /**
   * Adds subscriptions, here and at the remote broker; one with the same remote topic is replaced.
   * @throws Error (rejects) when the remote broker refuses, or there is no connection; then nothing has changed
   */
  async subscribe(rules: readonly SubscriptionRule[], properties: RequestProperties): Promise<void> {
    const subscriber = this.#connectedSubscriber();
    const before = this.#options.subscriptions;
    const replaced = new Set(rules.map(({ remoteTopic }) => remoteTopic));
    this.#setSubscriptions([...before.filter(({ remoteTopic }) => !replaced.has(remoteTopic)), ...rules]);
    try {
      await subscriber.subscribe(rules.map(requestOf), properties);
    } catch (error) {
      this.#setSubscriptions(before);
      throw error;
    }
  }

  /** Takes subscriptions away by their remote topic. @throws Error (rejects) as `subscribe` */
  async unsubscribe(remoteTopics: readonly string[], properties: RequestProperties): Promise<void> {
    const subscriber = this.#connectedSubscriber();
    await subscriber.unsubscribe(remoteTopics, properties);
    this.#setSubscriptions(
      this.#options.subscriptions.filter(({ remoteTopic }) => !remoteTopics.includes(remoteTopic)),
    );
  }

  /** A filter came or went here: a transparent bridge repeats it. Without a connection it follows with the next. */
  follow(topicFilter: string, isThere: boolean): void {
    const { transparent } = this.#options;
    const subscriber = this.#subscriber;
    if (!transparent || subscriber === null || this.#isConfigured(topicFilter)) return;
    const order = isThere
      ? subscriber.subscribe([requestOf(repeated(topicFilter))], this.#requestProperties)
      : subscriber.unsubscribe([topicFilter], this.#requestProperties);
    order.catch((error: unknown) => this.#failed(textOf(error)));
  }

  /** Takes over other settings and connects again; what waits goes on waiting. @param options  of the same name */
  change(options: BridgeOptions): void {
    this.#disconnect();
    this.#options = options;
    this.#rules = checkRules(options);
    this.#own.reconfigure(options);
    this.#applyForwards();
    if (!this.#isOff) this.#warn();
    this.#connector.change(options, this.#isOff);
  }

  /** Ends the connection and the attempts; what waited is dropped and counted. */
  close(): void {
    if (this.#isOff) return;
    this.#isOff = true;
    this.#disconnect();
    this.#record.stateChanged();
    this.#own.close();
  }

  #failed(text: string): void {
    this.#record.failed(text);
    this.#seat.logger.warn({ bridge: this.name, server: this.#record.server }, `the bridge failed: ${text}`);
  }

  #connected({ remotes, connacks, failures }: ConnectedRemotes, { username }: Credentials): void {
    const options = this.#options;
    const { logger } = this.#seat;
    const copies = Math.max(mostCopies(this.#rules.forwards), this.#copies.most);
    const receiveMaximum = windowLimit(connacks, copies, LAST_LOCAL_PACKET_ID);
    const connack = connacks[0] as ConnackPacket;
    for (const text of failures)
      logger.warn({ bridge: options.name }, `the bridge goes on with fewer connections: ${text}`);
    const link = this.#makeLink(remotes, connack);
    this.#link = link;
    this.#subscriber = new Subscriber(link.main);
    this.#record.connected(remotes.length);
    const { protocolVersion } = options;
    const terms = { protocolVersion, receiveMaximum, isResumed: connack.sessionPresent };
    link.attach(this.#own.attach(link, terms));
    this.#tellOnline(username, link.remoteAddress);
    logger.info({ bridge: options.name, server: this.#record.server }, 'the bridge is connected');
    const repeats = options.transparent
      ? this.#seat.localFilters().filter((filter) => !this.#isConfigured(filter))
      : [];
    const requests = [...this.#rules.subscriptions, ...repeats.map(repeated)].map(requestOf);
    this.#subscriber.subscribe(requests, this.#requestProperties).catch((error: unknown) => {
      if (this.#link === link) this.#failed(textOf(error));
    });
  }

  #makeLink(remotes: ConnectedRemotes['remotes'], connack: ConnackPacket): Link {
    const options = this.#options;
    const { brokerId, shard } = this.#seat;
    const parts = {
      remotes,
      name: options.name,
      copies: this.#copies,
      traffic: this.#record.traffic,
      ...linkTerms(options, connack, brokerId, shard.options),
    };
    const link: Link = new Link(
      parts,
      {
        answered: (packet) => this.#subscriber?.answered(packet),
        closed: (reason) => this.#lost(link, reason),
      },
      this.#forwardPlanner(remotes.length),
      this.#subscriptionPlanner(),
    );
    return link;
  }

  #lost(link: Link, reason: string): void {
    if (this.#link !== link) return;
    this.#subscriber?.close();
    this.#link = null;
    this.#subscriber = null;
    this.#record.disconnected();
    this.#failed(reason);
    this.#status.disconnected(this.#own.session, ReasonCode.ServerShuttingDown);
    this.#connector.again();
  }

  #disconnect(): void {
    this.#connector.stop();
    const link = this.#link;
    if (link === null) return;
    this.#subscriber?.close();
    this.#link = null;
    this.#subscriber = null;
    this.#record.disconnected();
    link.close();
    this.#status.disconnected(this.#own.session, 0);
  }

  #tellOnline(username: string | undefined, remoteAddress: string): void {
    const { session } = this.#own;
    session.username = username;
    session.keepAliveSeconds = this.#options.keepAliveSeconds;
    session.cleanStart = this.#options.cleanStart;
    session.remoteAddress = remoteAddress;
    this.#status.connected(session);
  }

  #applyForwards(): void {
    const { forwards } = this.#rules;
    const wanted = new Set(forwards.map(({ localTopic }) => localTopic));
    for (const topicFilter of [...this.#subscribed.keys()].filter((filter) => !wanted.has(filter))) {
      this.#subscribed.delete(topicFilter);
      this.#own.unsubscribe(topicFilter);
    }
    for (const topicFilter of wanted) {
      const same = forwards.filter(({ localTopic }) => localTopic === topicFilter);
      const qos = Math.max(...same.map((rule) => rule.qos ?? 2)) as 0 | 1 | 2;
      const raisesQos = same.every((rule) => rule.qos !== undefined);
      const terms = `${qos} ${raisesQos}`;
      // One that stays as it is owes nobody its retained messages again.
      if (this.#subscribed.get(topicFilter) === terms) continue;
      this.#subscribed.set(topicFilter, terms);
      this.#own.subscribe({ topicFilter, qos, raisesQos });
    }
  }

  #warn(): void {
    for (const fault of this.#rules.faults) this.#seat.logger.warn({ bridge: this.name }, fault);
  }

  #setSubscriptions(subscriptions: readonly SubscriptionRule[]): void {
    this.#options = { ...this.#options, subscriptions };
    this.#rules = checkRules(this.#options);
    if (this.#link !== null) {
      this.#link.replan(this.#forwardPlanner(this.#record.connections), this.#subscriptionPlanner());
    }
  }

  #isConfigured(topicFilter: string): boolean {
    return this.#rules.subscriptions.some(({ remoteTopic }) => remoteTopic === topicFilter);
  }

  get #requestProperties(): RequestProperties {
    const { protocolVersion, subscribe } = this.#options;
    return protocolVersion === 5 ? subscribe : { identifier: 0, userProperties: [] };
  }

  #connectedSubscriber(): Subscriber {
    if (this.#subscriber === null) throw new Error('the bridge is not connected');
    return this.#subscriber;
  }

  #forwardPlanner(connections: number): ForwardPlanner {
    const { forwards, subscriptions } = this.#rules;
    // What a transparent bridge subscribes to may be anything.
    const all = this.#options.transparent ? [repeated('#')] : subscriptions;
    return new ForwardPlanner(forwards, all, connections);
  }

  #subscriptionPlanner(): SubscriptionPlanner {
    return new SubscriptionPlanner(this.#rules.subscriptions, this.#options.transparent);
  }
}
