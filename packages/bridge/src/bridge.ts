import { randomBytes } from 'node:crypto';
import { type ConnackPacket, ReasonCode } from '@nanomq-ts/codec';
import { ClientStatus, OwnClient } from '@nanomq-ts/core';
import type { BridgeOptions, SubscriptionRule } from './bridge-options.ts';
import { BridgeRecord } from './bridge-record.ts';
import type { BridgeSeat } from './bridge-seat.ts';
import type { BridgeStatus } from './bridge-status.ts';
import { Copies, LAST_LOCAL_PACKET_ID } from './link/copies.ts';
import { ForwardPlanner, mostCopies } from './link/forward-plan.ts';
import { Link } from './link/link.ts';
import { linkTerms, windowLimit } from './link/link-terms.ts';
import { SubscriptionPlanner } from './link/subscription-plan.ts';
import { ReconnectDelay } from './reconnect-delay.ts';
import { connectPlan } from './remote/connect-plan.ts';
import { type ConnectedRemotes, type ConnectPlan, connectRemotes, textOf } from './remote/connect-remotes.ts';
import { type Credentials, readCredentials } from './remote/credentials.ts';
import { RefusedError } from './remote/remote-connection.ts';
import { parseServerUrl, type ServerAddress } from './remote/server-url.ts';
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
  readonly #delay: ReconnectDelay;
  readonly #status: ClientStatus;
  readonly #clientId: string;
  #options: BridgeOptions;
  #rules: CheckedRules;
  #servers: readonly ServerAddress[];
  #serverAt = 0;
  #link: Link | null = null;
  #subscriber: Subscriber | null = null;
  /** What is under way. */
  #attempt: AbortController | null = null;
  #attemptEndsMs = 0;
  /** Clock at which the next attempt begins; null = one is under way, or it is connected or off. */
  #nextAttemptMs: number | null = null;
  #wasConnected = false;
  /** The remote broker does not know the bridge bit. */
  #isBridgeBitRefused = false;
  #isOff = true;

  constructor(seat: BridgeSeat, options: BridgeOptions) {
    this.#seat = seat;
    this.#options = options;
    this.#rules = checkRules(options);
    this.#servers = addressesOf(options);
    this.#clientId =
      options.clientId === '' ? `nanomq-bridge-${randomBytes(RANDOM_BYTES).toString('hex')}` : options.clientId;
    this.#delay = new ReconnectDelay(seat.random);
    const { queueBound, queuesQos0 } = options;
    this.#own = new OwnClient(seat.shard, {
      clientId: this.#clientId,
      lastPacketId: LAST_LOCAL_PACKET_ID,
      queueBound,
      queuesQos0,
    });
    this.#record = new BridgeRecord(this.#own, () => seat.clock.nowMs());
    this.#status = new ClientStatus(
      (topicName, payload) => void seat.shard.publish(topicName, Buffer.from(payload()), { retain: true }),
      () => seat.clock.nowMs(),
    );
    this.#applyForwards([]);
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
    const { name, tls } = this.#options;
    this.#isOff = false;
    this.#record.stateChanged();
    for (const fault of this.#rules.faults) this.#seat.logger.warn({ bridge: name }, fault);
    if (!tls.verifyPeer && this.#servers.some(({ isTls }) => isTls)) {
      this.#seat.logger.warn(
        { bridge: name },
        'the certificate of the remote broker is not verified: anyone can pose as it',
      );
    }
    this.#later();
  }

  /** To be called a few times a second. */
  tick(nowMs: number): void {
    this.#record.tick(nowMs);
    if (this.#nextAttemptMs !== null && nowMs >= this.#nextAttemptMs) {
      this.#nextAttemptMs = null;
      void this.#connect();
    }
    if (this.#attempt !== null && nowMs >= this.#attemptEndsMs) {
      this.#attempt.abort(new Error(`no answer within ${this.#options.answerTimeoutMs} ms`));
    }
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
    const before = this.#rules.forwards.map(({ localTopic }) => localTopic);
    this.#disconnect();
    this.#options = options;
    this.#rules = checkRules(options);
    this.#servers = addressesOf(options);
    this.#serverAt = 0;
    this.#isBridgeBitRefused = false;
    this.#own.queueBound = options.queueBound;
    this.#own.session.queuesQos0 = options.queuesQos0;
    this.#applyForwards(before);
    this.#delay.reset();
    if (this.#isOff) return;
    for (const fault of this.#rules.faults) this.#seat.logger.warn({ bridge: options.name }, fault);
    this.#nextAttemptMs = this.#seat.clock.nowMs();
  }

  /** Ends the connection and the attempts; what waited is dropped and counted. */
  close(): void {
    if (this.#isOff) return;
    this.#isOff = true;
    this.#disconnect();
    this.#record.stateChanged();
    this.#own.close();
  }

  #later(): void {
    if (this.#isOff) return;
    this.#nextAttemptMs = this.#seat.clock.nowMs() + this.#delay.next(this.#options.maxBackoffMs);
  }

  async #connect(): Promise<void> {
    const { logger } = this.#seat;
    const server = this.#servers[this.#serverAt % this.#servers.length];
    if (server === undefined) return;
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#attemptEndsMs = this.#seat.clock.nowMs() + this.#options.answerTimeoutMs;
    this.#record.server = server.url;
    try {
      const credentials = await readCredentials(this.#options);
      const connected = await connectRemotes(this.#planFor(server, credentials), attempt.signal);
      if (this.#attempt !== attempt) {
        for (const remote of connected.remotes) remote.close();
        return;
      }
      this.#begin(connected, credentials);
      this.#attempt = null;
      logger.info({ bridge: this.name, server: server.url }, 'the bridge is connected');
    } catch (error) {
      // It was told to stop, or to begin anew.
      if (this.#attempt !== attempt) return;
      this.#attempt = null;
      this.#refused(error);
      this.#serverAt++;
      this.#later();
    }
  }

  #refused(error: unknown): void {
    this.#failed(textOf(error));
    const isVersionRefused =
      error instanceof RefusedError && error.reasonCode === ReasonCode.UnsupportedProtocolVersion;
    // Some brokers close without a word.
    const isClosed = error instanceof Error && error.message.endsWith('before CONNACK');
    if (!this.#usesBridgeBit || !(isVersionRefused || isClosed)) return;
    this.#isBridgeBitRefused = true;
    const text = 'the next attempts do without the bridge bit: what is forwarded may come back by a subscription';
    this.#seat.logger.warn({ bridge: this.name }, text);
  }

  #failed(text: string): void {
    this.#record.failed(text);
    this.#seat.logger.warn({ bridge: this.name, server: this.#record.server }, `the bridge failed: ${text}`);
  }

  get #usesBridgeBit(): boolean {
    const { usesBridgeBit, protocolVersion } = this.#options;
    return usesBridgeBit && protocolVersion !== 5 && !this.#isBridgeBitRefused;
  }

  #planFor(server: ServerAddress, credentials: Credentials): ConnectPlan {
    return connectPlan(this.#seat, this.#options, {
      server,
      credentials,
      clientId: this.#clientId,
      usesBridgeBit: this.#usesBridgeBit,
      wasConnected: this.#wasConnected,
    });
  }

  #begin(connected: ConnectedRemotes, credentials: Credentials): void {
    try {
      const most = windowLimit(connected.connacks, mostCopies(this.#rules.forwards), LAST_LOCAL_PACKET_ID);
      this.#connected(connected, credentials, most);
    } catch (error) {
      for (const remote of connected.remotes) remote.close();
      throw error;
    }
  }

  #connected(
    { remotes, connacks, failures }: ConnectedRemotes,
    { username }: Credentials,
    receiveMaximum: number,
  ): void {
    const options = this.#options;
    const { logger } = this.#seat;
    const connack = connacks[0] as ConnackPacket;
    for (const text of failures)
      logger.warn({ bridge: options.name }, `the bridge goes on with fewer connections: ${text}`);
    const link = this.#makeLink(remotes, connack);
    this.#link = link;
    this.#subscriber = new Subscriber(link.main);
    this.#record.connected(remotes.length);
    this.#wasConnected = true;
    this.#delay.reset();
    const { protocolVersion } = options;
    const terms = { protocolVersion, receiveMaximum, isResumed: connack.sessionPresent };
    link.attach(this.#own.attach(link, terms));
    this.#tellOnline(username, link.remoteAddress);
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
    if (this.#servers.length > 1) this.#serverAt++;
    this.#later();
  }

  #disconnect(): void {
    this.#nextAttemptMs = null;
    this.#attempt?.abort(new Error('the bridge was told to stop'));
    this.#attempt = null;
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

  #applyForwards(before: readonly string[]): void {
    const { forwards } = this.#rules;
    const wanted = new Set(forwards.map(({ localTopic }) => localTopic));
    for (const topicFilter of before) if (!wanted.has(topicFilter)) this.#own.unsubscribe(topicFilter);
    for (const topicFilter of wanted) {
      const same = forwards.filter(({ localTopic }) => localTopic === topicFilter);
      const qos = Math.max(...same.map((rule) => rule.qos ?? 2)) as 0 | 1 | 2;
      this.#own.subscribe({ topicFilter, qos, raisesQos: same.every((rule) => rule.qos !== undefined) });
    }
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

function addressesOf({ servers }: BridgeOptions): readonly ServerAddress[] {
  return servers.flatMap((url) => parseServerUrl(url) ?? []);
}
