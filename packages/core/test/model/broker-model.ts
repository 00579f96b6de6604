import { naiveMatch } from '@nanomq-ts/testkit';

/** What the broker owes a session: one message that matched when it was published. */
export interface Obligation {
  readonly token: string;
  readonly topic: string;
  readonly publisher: string;
  /** The lower of the publication's and the subscription's. */
  readonly qos: 0 | 1 | 2;
  readonly order: number;
  /** How often the receiving application saw it. */
  seen: number;
  /** The receiver's PUBACK or PUBREC has reached the broker. */
  isAnswered: boolean;
}

interface SessionModel {
  readonly subscriptions: Map<string, 0 | 1 | 2>;
  /** QoS 2 packet identifiers between PUBLISH and PUBREL. */
  readonly inboundIds: Set<number>;
  readonly owed: Map<string, Obligation>;
  /** By publisher, topic and QoS: the highest `order` seen first. */
  readonly lastFirstSeen: Map<string, number>;
  isLasting: boolean;
  isOnline: boolean;
}

/** A PUBLISH as a client receives it. */
export interface ReceivedMessage {
  readonly token: string;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  /** QoS 2 with a packet identifier that was not released yet: not for the application. */
  readonly isRepeat: boolean;
  /** A copy of the MQTT 3.x resend timer, which may cross the acknowledgement on its way. */
  readonly mayBeLate: boolean;
}

/**
 * The broker as the specification describes it, without a wire: who is owed what. It throws where the real one
 * breaks a promise: delivers what is not owed, twice, in another order, or not at all.
 * @see MQTT 5.0, 4.1 Session State, 4.3 Quality of Service levels, 4.6 Message ordering
 */
export class BrokerModel {
  readonly #sessions = new Map<string, SessionModel>();
  #order = 0;

  get clientIds(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** @returns session present */
  connect(clientId: string, clean: boolean, isLasting: boolean): boolean {
    this.left(clientId);
    const former = clean ? undefined : this.#sessions.get(clientId);
    const session: SessionModel = former ?? {
      subscriptions: new Map(),
      inboundIds: new Set(),
      owed: new Map(),
      lastFirstSeen: new Map(),
      isLasting,
      isOnline: true,
    };
    session.isLasting = isLasting;
    session.isOnline = true;
    this.#sessions.set(clientId, session);
    return former !== undefined;
  }

  /** The connection is over, in whatever way. QoS 0 not received by now may never be. */
  left(clientId: string): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return;
    this.forgetQos0(clientId);
    session.isOnline = false;
    if (!session.isLasting) this.#sessions.delete(clientId);
  }

  subscribe(clientId: string, filter: string, qos: 0 | 1 | 2): void {
    this.#session(clientId).subscriptions.set(filter, qos);
  }

  unsubscribe(clientId: string, filter: string): void {
    this.#session(clientId).subscriptions.delete(filter);
  }

  /** The broker receives a PUBLISH. */
  publish(publisher: string, token: string, topic: string, qos: 0 | 1 | 2, packetId: number): void {
    const { inboundIds } = this.#session(publisher);
    if (qos === 2) {
      if (inboundIds.has(packetId)) return; // [MQTT-4.3.3-10]
      inboundIds.add(packetId);
    }
    const order = this.#order++;
    for (const session of this.#sessions.values()) {
      const granted = [...session.subscriptions].filter(([filter]) => naiveMatch(filter, topic)).map(([, q]) => q);
      if (granted.length === 0) continue;
      const effective = Math.min(qos, Math.max(...granted)) as 0 | 1 | 2;
      if (effective === 0 && !session.isOnline) continue;
      session.owed.set(token, { token, topic, publisher, qos: effective, order, seen: 0, isAnswered: false });
    }
  }

  pubrel(publisher: string, packetId: number): void {
    this.#session(publisher).inboundIds.delete(packetId);
  }

  /** The receiver's PUBACK or PUBREC has reached the broker. */
  answered(clientId: string, token: string): void {
    const obligation = this.#session(clientId).owed.get(token);
    if (obligation !== undefined) obligation.isAnswered = true;
  }

  /** A client received a PUBLISH. */
  received(clientId: string, message: ReceivedMessage): void {
    const { owed, lastFirstSeen } = this.#session(clientId);
    const obligation = owed.get(message.token);
    const what = `${clientId} received ${JSON.stringify(message)}`;
    if (obligation === undefined) throw new Error(`${what}, which it is not owed`);
    if (obligation.topic !== message.topic) throw new Error(`${what}, but it went to ${obligation.topic}`);
    if (obligation.qos !== message.qos) throw new Error(`${what}, but it is owed with QoS ${obligation.qos}`);
    if (obligation.isAnswered && !message.mayBeLate) throw new Error(`${what} after it had acknowledged it`);
    if (obligation.seen > 0 && !message.dup) throw new Error(`${what} again, without DUP`); // [MQTT-3.3.1-1]
    if (obligation.seen > 0 && message.qos === 0) throw new Error(`${what} a second time`); // [MQTT-4.3.1-1]
    if (message.isRepeat) return;
    if (obligation.seen > 0 && message.qos === 2) throw new Error(`${what} a second time`);
    obligation.seen++;
    if (obligation.seen > 1) return;
    const line = `${obligation.publisher} ${obligation.topic} ${obligation.qos}`;
    if ((lastFirstSeen.get(line) ?? -1) > obligation.order) throw new Error(`${what} out of order`); // [MQTT-4.6.0-5]
    lastFirstSeen.set(line, obligation.order);
  }

  /** Where among the publications a message stands, for the order within a connection. */
  orderOf(clientId: string, token: string): number {
    return this.#session(clientId).owed.get(token)?.order ?? -1;
  }

  /** The client has read everything, so every QoS 0 message must have come. */
  expectQos0Came(clientId: string): void {
    for (const { qos, seen, token } of this.#session(clientId).owed.values()) {
      if (qos === 0 && seen !== 1) throw new Error(`${clientId} was connected and reading, but lost QoS 0 ${token}`);
    }
    this.forgetQos0(clientId);
  }

  /** QoS 0 may have been dropped: the client was slow. */
  forgetQos0(clientId: string): void {
    const { owed } = this.#session(clientId);
    for (const { qos, token } of owed.values()) if (qos === 0) owed.delete(token);
  }

  /** Everyone has come back, read and acknowledged everything. */
  expectNothingOwed(): void {
    for (const [clientId, { owed }] of this.#sessions) {
      for (const { token, qos, seen, isAnswered } of owed.values()) {
        if (seen === 0) throw new Error(`${clientId} never got ${token}, QoS ${qos}`); // [MQTT-4.5.0-1]
        if (!isAnswered) throw new Error(`${clientId} has not acknowledged ${token}; the script does not settle`);
      }
    }
  }

  #session(clientId: string): SessionModel {
    const session = this.#sessions.get(clientId);
    if (session === undefined) throw new Error(`the model has no session for ${clientId}`);
    return session;
  }
}
