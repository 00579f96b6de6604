import { MemoryLink, MemoryTransport, type PacketOf, RawClient, type ShardHarness } from '@nanomq-ts/testkit';
import type { BrokerModel } from './broker-model.ts';
import { HeldLink } from './held-link.ts';
import type { ScriptMessage, Step } from './script.ts';

type ReceivedPacket = RawClient['received'][number];
type ConnectStep = Extract<Step, { does: 'connect' }>;

/** An outbound QoS 1 or 2 message of a client that is not acknowledged yet. */
interface Unsettled extends ScriptMessage {
  readonly name: string;
  attempt: number;
  isReleased: boolean;
}

/** An acknowledgement that the client owes the broker. */
interface OwedAck {
  readonly cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  readonly messageId: number;
  /** Of the message it answers; '' for PUBREL and PUBCOMP. */
  readonly token: string;
}

/** After so long at the latest a client that reads its answers again is read again, milliseconds. */
const TICK_MS = 250;

/** What a lasting MQTT 5.0 session asks for, seconds; longer than any script waits. */
const EXPIRY_SECONDS = 1_000_000;

/**
 * An MQTT client by the book that acknowledges late: its session state lives through connections. Tells the model
 * all it does and receives. Payloads are `publisher:number.attempt`, a token of each PUBLISH packet.
 */
export class ScriptedClient {
  readonly clientId: string;
  /** Every PUBLISH received, as text. */
  readonly transcript: string[] = [];
  readonly #harness: ShardHarness;
  readonly #model: BrokerModel;
  #raw: RawClient | null = null;
  #version: 3 | 4 | 5 = 4;
  #link: HeldLink | null = null;
  #transport: MemoryTransport | null = null;
  #readAt = 0;
  #isPresentExpected = false;
  #mayHaveLostQos0 = false;
  #lastOrders = new Map<string, number>();
  #receiveMaximum = 65_535;
  /** Packet identifiers that use up the broker's send quota on this connection. */
  readonly #quotaIds = new Set<number>();
  /** Inbound QoS 2 identifiers not released. */
  readonly #receivedIds = new Map<number, string>();
  readonly #unsettled = new Map<number, Unsettled>();
  #acks: OwedAck[] = [];
  #messageCount = 0;
  #lastPacketId = 0;

  constructor(harness: ShardHarness, model: BrokerModel, clientId: string) {
    this.#harness = harness;
    this.#model = model;
    this.clientId = clientId;
  }

  get isConnected(): boolean {
    return this.#raw !== null;
  }

  get owesNothing(): boolean {
    return this.#acks.length === 0 && this.#unsettled.size === 0;
  }

  /** It reads no answers, so nobody reads what it sends: it sends nothing. */
  get #isHeldUp(): boolean {
    return this.#transport?.isPaused === true;
  }

  connect({ version, clean, lasting, receiveMaximum }: Omit<ConnectStep, 'does' | 'client'>): void {
    const isLasting = version === 5 ? lasting : !clean;
    const former = this.#transport;
    this.#forgetConnection();
    this.#transport = new MemoryTransport();
    this.#harness.accept(this.#transport);
    this.#link = new HeldLink(new MemoryLink(this.#transport, this.#harness.settle));
    this.#raw = new RawClient(this.#link, version);
    this.#raw.autoAcknowledge = false;
    this.#version = version;
    this.#receiveMaximum = version === 5 ? receiveMaximum : 65_535;
    this.#isPresentExpected = this.#model.connect(this.clientId, clean, isLasting);
    this.#raw.sendConnect({
      clientId: this.clientId,
      clean,
      ...(version === 5 && { properties: { sessionExpiryInterval: isLasting ? EXPIRY_SECONDS : 0, receiveMaximum } }),
    });
    // Taken over, but it does not read: the listener cuts such a connection after a while.
    if (former?.isCongested === true) former.resetByPeer();
    this.read();
  }

  disconnect(): void {
    this.relieve();
    this.#raw?.send({ cmd: 'disconnect' });
    this.#over();
  }

  break(reads: boolean): void {
    if (reads) this.read();
    this.#raw?.destroy();
    this.#over();
  }

  subscribe(filter: string, qos: 0 | 1 | 2): void {
    if (this.#raw === null || this.#isHeldUp) return;
    this.#model.subscribe(this.clientId, filter, qos);
    this.#raw.send({ cmd: 'subscribe', messageId: 65_535, subscriptions: [{ topic: filter, qos }] });
  }

  unsubscribe(filter: string): void {
    if (this.#raw === null || this.#isHeldUp) return;
    this.#model.unsubscribe(this.clientId, filter);
    this.#raw.send({ cmd: 'unsubscribe', messageId: 65_535, unsubscriptions: [filter] });
  }

  publish(messages: readonly ScriptMessage[], isLost: boolean): void {
    if (this.#raw === null || this.#isHeldUp) return;
    this.#link?.hold();
    for (const message of messages) {
      const unsettled = { ...message, name: `${this.clientId}:${this.#messageCount++}`, attempt: 0, isReleased: false };
      const messageId = message.qos === 0 ? 0 : this.#newPacketId();
      if (messageId > 0) this.#unsettled.set(messageId, unsettled);
      this.#send(unsettled, messageId, isLost);
    }
    if (isLost) this.break(false);
    else this.#link?.release();
  }

  /** Sends up to `count` of the acknowledgements owed, oldest first. [MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT-4.6.0-4] */
  acknowledge(count: number): void {
    const raw = this.#raw;
    if (raw === null) return;
    // One of them may be answered by so much that the broker reads no other.
    for (let left = count; left > 0 && !this.#isHeldUp; left--) {
      const ack = this.#acks.shift();
      if (ack === undefined) return;
      const { cmd, messageId, token } = ack;
      if (token !== '') this.#model.answered(this.clientId, token);
      if (cmd === 'pubrel') {
        this.#model.pubrel(this.clientId, messageId);
        (this.#unsettled.get(messageId) as Unsettled).isReleased = true;
      }
      if (cmd === 'puback' || cmd === 'pubcomp') this.#quotaIds.delete(messageId);
      raw.send({ cmd, messageId });
    }
  }

  congest(): void {
    if (this.#raw === null) return;
    this.#mayHaveLostQos0 = true;
    this.#transport?.congest();
  }

  relieve(): void {
    this.#transport?.relieve();
    if (!this.#isHeldUp) return;
    this.#harness.clock.advance(TICK_MS);
    this.#harness.settle();
    if (this.#isHeldUp) throw new Error(`${this.clientId} has taken everything, and the broker does not read on`);
  }

  /** Reads everything that has come. */
  read(): void {
    const raw = this.#raw;
    if (raw === null) return;
    raw.takeNow();
    while (this.#raw === raw && this.#readAt < raw.received.length) {
      this.#receive(raw.received[this.#readAt++] as ReceivedPacket);
      raw.takeNow();
    }
    if (this.#raw !== raw) return;
    if (this.#transport?.state !== 'open') throw new Error(`the broker closed the connection of ${this.clientId}`);
    if (this.#transport.isCongested) return;
    if (this.#mayHaveLostQos0) this.#model.forgetQos0(this.clientId);
    else this.#model.expectQos0Came(this.clientId);
    this.#mayHaveLostQos0 = false;
  }

  #receive(packet: ReceivedPacket): void {
    switch (packet.cmd) {
      case 'connack':
        this.#begin(packet);
        break;
      case 'publish':
        this.#receiveMessage(packet);
        break;
      case 'puback':
        this.#unsettled.delete(packet.messageId as number);
        break;
      case 'pubrec':
        if ((packet.reasonCode ?? 0) >= 0x80) throw new Error(`PUBREC refuses with ${packet.reasonCode}`);
        this.#acks.push({ cmd: 'pubrel', messageId: packet.messageId as number, token: '' });
        break;
      case 'pubrel':
        this.#receivedIds.delete(packet.messageId as number);
        this.#acks.push({ cmd: 'pubcomp', messageId: packet.messageId as number, token: '' });
        break;
      case 'pubcomp':
        this.#unsettled.delete(packet.messageId as number);
        break;
      case 'suback':
      case 'unsuback':
        break;
      default:
        throw new Error(`${this.clientId} did not expect ${packet.cmd}`);
    }
  }

  #begin(packet: PacketOf<'connack'>): void {
    const code = packet.reasonCode ?? packet.returnCode;
    if (code !== 0) throw new Error(`CONNECT of ${this.clientId} was refused with ${code}`);
    // MQTT 3.1 has no session present.
    if (this.#version !== 3 && packet.sessionPresent !== this.#isPresentExpected) {
      throw new Error(`${this.clientId} was told session present ${packet.sessionPresent}`); // [MQTT-3.2.2-3]
    }
    if (!this.#isPresentExpected) {
      this.#receivedIds.clear();
      this.#unsettled.clear();
      return;
    }
    for (const [messageId, unsettled] of this.#unsettled) {
      if (unsettled.isReleased) this.#acks.push({ cmd: 'pubrel', messageId, token: '' });
      else this.#send(unsettled, messageId, false);
    }
  }

  #receiveMessage(packet: PacketOf<'publish'>): void {
    const { topic, qos, dup, messageId = 0 } = packet;
    const token = packet.payload.toString();
    this.transcript.push(`${topic} ${token} ${qos} ${dup} ${messageId}`);
    const isRepeat = qos === 2 && this.#receivedIds.get(messageId) === token;
    if (qos === 2 && !isRepeat && this.#receivedIds.has(messageId)) {
      throw new Error(`${this.clientId} received ${token} under ${messageId}, which is in use`); // [MQTT-2.2.1-4]
    }
    const line = `${token.slice(0, token.indexOf(':'))} ${topic} ${qos}`;
    const order = this.#model.orderOf(this.clientId, token);
    this.#model.received(this.clientId, { token, topic, qos, dup, isRepeat, mayBeLate: dup && this.#version !== 5 });
    // A resend keeps the order too; the timer of MQTT 3.x may repeat what came on this connection already.
    if (!dup && order < (this.#lastOrders.get(line) ?? -1)) throw new Error(`${token} came out of order`);
    if (!dup) this.#lastOrders.set(line, order);
    if (qos === 2) this.#receivedIds.set(messageId, token);
    if (qos === 0) return;
    this.#quotaIds.add(messageId);
    if (this.#quotaIds.size > this.#receiveMaximum) throw new Error(`${token} is above the receive maximum`); // [MQTT-3.3.4-9]
    this.#acks.push({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId, token });
  }

  /** A repeat of QoS 1 and 2 is another attempt: the broker may not deliver a second one of QoS 2. */
  #send(unsettled: Unsettled, messageId: number, isLost: boolean): void {
    const { topic, qos, name } = unsettled;
    const dup = unsettled.attempt > 0;
    const token = `${name}.${unsettled.attempt++}`;
    if (!isLost) this.#model.publish(this.clientId, token, topic, qos, messageId);
    this.#raw?.publish(topic, token, { qos, dup, ...(messageId > 0 && { messageId }) });
  }

  #newPacketId(): number {
    do this.#lastPacketId = (this.#lastPacketId % 60_000) + 1;
    while (this.#unsettled.has(this.#lastPacketId));
    return this.#lastPacketId;
  }

  #over(): void {
    if (this.#raw !== null) this.#model.left(this.clientId);
    this.#forgetConnection();
  }

  /** What was not read is lost, and so is every acknowledgement that was not sent. */
  #forgetConnection(): void {
    this.#raw = null;
    this.#link = null;
    this.#transport = null;
    this.#readAt = 0;
    this.#acks = [];
    this.#quotaIds.clear();
    this.#lastOrders = new Map();
    this.#mayHaveLostQos0 = false;
  }
}
