import type { Qos } from '@nanomq-ts/codec';
import { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import { DropReason } from '../observe/drop-reason.ts';
import { Session } from '../session/session.ts';
import { returnSharedMessages } from '../session/shared-return.ts';
import { Subscription } from '../session/subscription.ts';
import type { Shard } from '../shard.ts';
import { topicKeyOf } from '../topics/topic-key.ts';
import { LocalInbox } from './local-inbox.ts';
import type { LocalMessage } from './local-message.ts';
import { parseLocalTopicFilter } from './local-topic.ts';
import { LocalTransport } from './local-transport.ts';

/** What no client can be called, since the registry of sessions does not know these. */
const CLIENT_ID = '$local';

/** Options of a subscription, as in SUBSCRIBE and CONNECT. */
export interface LocalSubscriptionOptions {
  readonly qos: Qos;
  readonly retainAsPublished: boolean;
  /** 2 = no retained messages; 0 and 1 are the same here, as the subscription is always new. */
  readonly retainHandling: 0 | 1 | 2;
  /** QoS 1 and 2 messages that may wait to be taken; the others wait in the message queue. */
  readonly receiveMaximum: number;
}

/**
 * One subscription of a program in this process. To the router it is a session like any other, on a transport that ends
 * in an inbox; so wildcards, shared subscriptions, QoS, queue limits and slow receivers follow the same rules as for
 * clients. It sends no CONNECT: nobody has to let it in, it raises no client events, and the session registry, which
 * lists clients, does not hold it. Taking a message acknowledges it.
 */
export class LocalSubscriber {
  readonly #shard: Shard;
  readonly #session = new Session(CLIENT_ID, true);
  readonly #subscription: Subscription;
  readonly #inbox = new LocalInbox();
  readonly #transport: LocalTransport;
  readonly #connection: Connection;
  #isClosed = false;

  /**
   * @param wake  called when there is something to take, in a microtask of its own
   * @throws MqttError TOPIC_FILTER_INVALID (0x8F)
   */
  constructor(shard: Shard, topicFilter: string, options: LocalSubscriptionOptions, wake: () => void) {
    const { filter, shareName, hasWildcard } = parseLocalTopicFilter(topicFilter, shard.options.maxTopicLevels);
    this.#shard = shard;
    shard.turn.begin();
    shard.deliver.seal();
    this.#transport = new LocalTransport(this.#inbox, wake);
    this.#connection = new Connection(shard, this.#transport);
    this.#admit(options);
    const { qos, retainAsPublished } = options;
    const rest = { qos, retainAsPublished, noLocal: false, subscriptionIdentifier: 0 };
    this.#subscription = new Subscription(this.#session, topicFilter, topicKeyOf(filter), hasWildcard, rest);
    this.#session.subscriptions = new Map([[topicFilter, this.#subscription]]);
    shard.index.add(this.#subscription, shareName);
    if (shareName === '' && options.retainHandling !== 2) shard.retained.replay(this.#connection, this.#subscription);
  }

  /** The next message, acknowledged, those routed in this turn included; null when there is none. */
  take(): LocalMessage | null {
    if (this.#isClosed) return null;
    if (this.#inbox.length === 0) this.#gather();
    const message = this.#inbox.shift();
    if (message === undefined) return null;
    this.#shard.turn.begin();
    this.#acknowledge(message);
    if (this.#transport.relieve()) this.#connection.drained();
    return message;
  }

  /**
   * Ends the subscription. Messages of a shared subscription go to its other members; what else was not taken is
   * dropped and counted.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const shard = this.#shard;
    const session = this.#session;
    shard.turn.begin();
    shard.deliver.seal();
    this.#connection.out.finish();
    this.#transport.close();
    this.#connection.state = ConnectionState.Ended;
    session.connection = null;
    returnSharedMessages(shard, session);
    shard.index.remove(this.#subscription);
    session.subscriptions = null;
    const dropped = (session.queue?.length ?? 0) + (session.window?.count ?? 0) + this.#untakenQos0();
    if (dropped > 0) shard.counters.drop(DropReason.SessionEnded, dropped);
    shard.outbound.discard(session);
  }

  #admit({ receiveMaximum }: LocalSubscriptionOptions): void {
    const session = this.#session;
    const connection = this.#connection;
    session.protocolVersion = 5;
    session.windowLimit = Math.min(receiveMaximum, this.#shard.options.maxInflightMessages);
    session.connection = connection;
    connection.session = session;
    connection.protocolVersion = 5;
    connection.isVersion5 = true;
    connection.state = ConnectionState.Connected;
    connection.connectedAtMs = this.#shard.turn.nowMs;
  }

  /** Both halves of QoS 2 at once: a call inside the process cannot be lost, so nothing is ever sent twice. */
  #acknowledge({ qos, packetId }: LocalMessage): void {
    if (qos === 0) return;
    const { outbound } = this.#shard;
    if (qos === 1) outbound.puback(this.#session, packetId);
    else if (outbound.pubrec(this.#session, packetId, false)) outbound.pubcomp(this.#session, packetId);
  }

  /** Brings in what the end of the turn would. */
  #gather(): void {
    this.#shard.deliver.seal();
    this.#connection.out.flush();
  }

  #untakenQos0(): number {
    let count = 0;
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      if (message.qos === 0) count++;
    }
    return count;
  }
}
