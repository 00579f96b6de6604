import {
  generate,
  type IConnackPacket,
  type IConnectPacket,
  type IPublishPacket,
  type ISubscription,
  type IUnsubackPacket,
  type Packet,
  type PacketCmd,
} from 'mqtt-packet';
import { PacketInbox, type PacketOf } from './packet-inbox.ts';
import type { RawLink } from './raw-link.ts';

/** What CONNECT says. */
export interface RawConnectOptions {
  /** '' when left out. */
  readonly clientId?: string;
  /** true when left out. */
  readonly clean?: boolean;
  /** Seconds; 0, which switches it off, when left out. */
  readonly keepAliveSeconds?: number;
  readonly username?: string;
  readonly password?: string;
  readonly will?: NonNullable<IConnectPacket['will']>;
  /** MQTT 5.0 alone. */
  readonly properties?: NonNullable<IConnectPacket['properties']>;
}

/** What PUBLISH says beyond topic name and payload. */
export interface RawPublishOptions {
  /** 0 when left out. */
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly dup?: boolean;
  /** The next free one when left out. */
  readonly messageId?: number;
  readonly properties?: NonNullable<IPublishPacket['properties']>;
}

/** How long a wait lasts before the test fails, milliseconds. */
const PATIENCE_MS = 2000;

const NO_BYTES = Buffer.alloc(0);

/**
 * An MQTT client that does nothing by itself, for tests: packets go out as they are given, even wrong ones, and what
 * comes is there to be looked at. The one thing it does unasked can be switched off with `autoAcknowledge`.
 */
export class RawClient {
  readonly link: RawLink;
  /** Answers PUBLISH, PUBREC and PUBREL with the acknowledgement that belongs to them. */
  autoAcknowledge = true;
  readonly #protocolVersion: 3 | 4 | 5;
  readonly #inbox: PacketInbox;
  readonly #closeWaiters = new Set<() => void>();
  #lastPacketId = 0;
  #willSettle = false;

  /** @param protocolVersion  3 = MQTT 3.1, 4 = MQTT 3.1.1, 5 = MQTT 5.0 */
  constructor(link: RawLink, protocolVersion: 3 | 4 | 5) {
    this.link = link;
    this.#protocolVersion = protocolVersion;
    this.#inbox = new PacketInbox(protocolVersion, (packet) => {
      if (this.autoAcknowledge && !link.isClosed) this.#acknowledge(packet);
    });
    // Not at once: a far end in this process may be in the midst of its write, and we would answer into it.
    link.onBytes = () => queueMicrotask(() => this.#pull());
  }

  /** Everything that came, in order; taken or not. */
  get received(): readonly Packet[] {
    return this.#inbox.received;
  }

  /** Sends CONNECT and waits for CONNACK. */
  connect(options: RawConnectOptions = {}): Promise<IConnackPacket> {
    this.sendConnect(options);
    return this.next('connack');
  }

  sendConnect(options: RawConnectOptions = {}): void {
    const { username, password, will, properties } = options;
    this.send({
      cmd: 'connect',
      protocolId: this.#protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
      protocolVersion: this.#protocolVersion,
      clientId: options.clientId ?? '',
      clean: options.clean ?? true,
      keepalive: options.keepAliveSeconds ?? 0,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password: Buffer.from(password) }),
      ...(will !== undefined && { will }),
      ...(properties !== undefined && { properties }),
    });
  }

  /** Sends SUBSCRIBE and waits for SUBACK. */
  subscribe(
    subscriptions: string | ISubscription[],
    qos: 0 | 1 | 2 = 0,
    subscriptionIdentifier?: number,
  ): Promise<PacketOf<'suback'>> {
    this.send({
      cmd: 'subscribe',
      messageId: this.#newPacketId(),
      subscriptions: typeof subscriptions === 'string' ? [{ topic: subscriptions, qos }] : subscriptions,
      ...(subscriptionIdentifier !== undefined && { properties: { subscriptionIdentifier } }),
    });
    return this.next('suback');
  }

  /** Sends UNSUBSCRIBE and waits for UNSUBACK. */
  unsubscribe(...topicFilters: string[]): Promise<IUnsubackPacket> {
    this.send({ cmd: 'unsubscribe', messageId: this.#newPacketId(), unsubscriptions: topicFilters });
    return this.next('unsuback');
  }

  /** Sends PUBLISH and waits for nothing. @returns its packet identifier, 0 for QoS 0 */
  publish(topic: string, payload: string | Buffer = '', options: RawPublishOptions = {}): number {
    const { qos = 0, retain = false, dup = false, properties } = options;
    const messageId = qos === 0 ? 0 : (options.messageId ?? this.#newPacketId());
    this.send({
      cmd: 'publish',
      topic,
      payload,
      qos,
      retain,
      dup,
      ...(qos > 0 && { messageId }),
      ...(properties !== undefined && { properties }),
    });
    return messageId;
  }

  /** A PINGREQ/PINGRESP round trip: afterwards the broker has dealt with all that this client sent before. */
  async ping(): Promise<void> {
    this.send({ cmd: 'pingreq' });
    await this.next('pingresp');
  }

  /** @throws Error when mqtt-packet refuses to write it; use `sendHex` for what is wrong on purpose */
  send(packet: Packet): void {
    this.link.send(generate(packet, { protocolVersion: this.#protocolVersion }));
  }

  /** @param hex  bytes as in `30 04 00 01 61 62`; blanks are free */
  sendHex(hex: string): void {
    const digits = hex.replaceAll(/\s/g, '');
    if (!/^([\da-f]{2})*$/i.test(digits)) throw new Error(`not hex: ${hex}`);
    this.link.send(Buffer.from(digits, 'hex'));
  }

  /**
   * Takes the first packet (of this type) that was not taken yet, and waits for it if need be. Packets of other types
   * stay; to prove an order, take without a type or look at `received`.
   * @throws Error when it does not come in time, or the connection ends before
   */
  async next<Type extends PacketCmd = PacketCmd>(type?: Type, timeoutMs = PATIENCE_MS): Promise<PacketOf<Type>> {
    this.#settle();
    const packet = this.#inbox.wait(type, timeoutMs);
    this.#settleLater();
    return (await packet) as PacketOf<Type>;
  }

  /** Takes the first packet (of this type) that is there already. */
  takeNow<Type extends PacketCmd = PacketCmd>(type?: Type): PacketOf<Type> | undefined {
    this.#settle();
    return this.#inbox.take(type) as PacketOf<Type> | undefined;
  }

  /** Waits until the broker has closed; packets that came before stay to be taken. @throws Error when it does not */
  expectClosed(timeoutMs = PATIENCE_MS): Promise<void> {
    this.#settle();
    if (this.link.isClosed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#closeWaiters.delete(closed);
        const unread = this.#inbox.unreadText || 'none';
        reject(new Error(`the connection is still open after ${timeoutMs} ms; not taken: ${unread}`));
      }, timeoutMs);
      const closed = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#closeWaiters.add(closed);
      this.#settleLater();
    });
  }

  /**
   * Proves that nothing is on its way to this client: the answer to a PINGREQ comes after whatever the broker had
   * sent before. Of another client's QoS 0 messages this proves something only after that client's `ping`.
   * @throws Error when there is a packet that was not taken
   */
  async expectNothing(): Promise<void> {
    await this.ping();
    const unread = this.#inbox.unreadText;
    if (unread !== '') throw new Error(`expected nothing, but there is ${unread}`);
  }

  /** Closes at once and without DISCONNECT, as a client that vanishes. */
  destroy(): void {
    this.link.destroy();
  }

  #newPacketId(): number {
    this.#lastPacketId = (this.#lastPacketId % 65_535) + 1;
    return this.#lastPacketId;
  }

  /** Lets the far end act and reads, until neither brings anything new. */
  #settle(): void {
    do this.link.settle?.();
    while (this.#pull());
  }

  /** A far end that must be settled tells nothing of itself, so it is asked for as long as someone waits. */
  #settleLater(): void {
    if (this.link.settle === undefined || this.#willSettle) return;
    if (!this.#inbox.isAwaited && this.#closeWaiters.size === 0) return;
    this.#willSettle = true;
    setImmediate(() => {
      this.#willSettle = false;
      this.#settle();
      this.#settleLater();
    });
  }

  /** @returns true when there were bytes */
  #pull(): boolean {
    const bytes = this.link.take();
    if (this.link.isClosed) this.#closed(bytes);
    else this.#inbox.feed(bytes);
    return bytes.length > 0;
  }

  #closed(lastBytes: Buffer): void {
    this.#inbox.feed(lastBytes);
    this.#inbox.close('the connection is closed');
    this.#inbox.feed(NO_BYTES);
    for (const closed of this.#closeWaiters) closed();
    this.#closeWaiters.clear();
  }

  #acknowledge(packet: Packet): void {
    const messageId = packet.messageId ?? 0;
    if (packet.cmd === 'publish' && packet.qos > 0)
      this.send({ cmd: packet.qos === 1 ? 'puback' : 'pubrec', messageId });
    // A PUBREC that refuses ends the exchange. Section 4.3.3.
    else if (packet.cmd === 'pubrec' && (packet.reasonCode ?? 0) < 0x80) this.send({ cmd: 'pubrel', messageId });
    else if (packet.cmd === 'pubrel') this.send({ cmd: 'pubcomp', messageId });
  }
}
