import { FrameReader, MqttError, PacketType, ReasonCode, type ServerControlPacket } from '@nanomq-ts/codec';
import type { Transport, TransportEvents } from '@nanomq-ts/core';
import type { RemoteConnection } from '../remote/remote-connection.ts';
import { Chunk } from './chunk.ts';
import type { Copies } from './copies.ts';
import type { ForwardPlanner } from './forward-plan.ts';
import { type InboundTerms, InboundTranslator } from './inbound-translator.ts';
import { type OutboundTerms, OutboundTranslator } from './outbound-translator.ts';
import type { SubscriptionPlanner } from './subscription-plan.ts';
import type { Traffic } from './traffic.ts';

/** The largest MQTT packet there can be, in bytes. */
const LARGEST_PACKET_BYTES = 5 + 0x0fff_ffff;

/** Reason codes that a client may say in DISCONNECT, MQTT 5.0 table 3-10. */
const CLIENT_CODES: ReadonlySet<number> = new Set([
  0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
]);

/** What a link stands on. */
export interface LinkParts {
  /** The first one carries what comes in. At least one. */
  readonly remotes: readonly RemoteConnection[];
  readonly name: string;
  readonly copies: Copies;
  readonly traffic: Traffic;
  readonly outbound: OutboundTerms;
  readonly inbound: InboundTerms;
}

/** Whom a link tells. */
export interface LinkEvents {
  answered(packet: ServerControlPacket): void;
  /** It is over; called once, and not after `close`. */
  closed(reason: string): void;
}

/**
 * One period of being connected: to the local broker it is the transport of a client, to the remote broker it is a
 * client with one connection or several. Between them run the two translators; bytes are gathered and written once a
 * turn, and acknowledgements pass from end to end.
 */
export class Link implements Transport {
  readonly remoteAddress: string;
  readonly remotePort = 0;
  readonly listener: string;
  readonly peerCertificate = null;
  readonly #parts: LinkParts;
  readonly #events: LinkEvents;
  readonly #chunks: readonly Chunk[];
  readonly #toLocal = new Chunk();
  readonly #reader = new FrameReader(LARGEST_PACKET_BYTES);
  #outbound: OutboundTranslator;
  #inbound: InboundTranslator;
  #local: TransportEvents | null = null;
  #isOver = false;
  #isCongested = false;
  #willHandOver = false;

  constructor(parts: LinkParts, events: LinkEvents, forwards: ForwardPlanner, subscriptions: SubscriptionPlanner) {
    this.#parts = parts;
    this.#events = events;
    this.remoteAddress = this.main.remoteAddress;
    this.listener = `bridge:${parts.name}`;
    this.#chunks = parts.remotes.map(() => new Chunk());
    this.#outbound = this.#outboundFor(forwards);
    this.#inbound = this.#inboundFor(subscriptions);
  }

  /** Joins the local side, and begins. */
  attach(local: TransportEvents): void {
    this.#local = local;
    this.#parts.remotes.forEach((remote, i) => {
      remote.attach({
        message: (type, buf, start, bodyStart, end) => this.#message(i, type, buf, start, bodyStart, end),
        answered: (packet) => this.#events.answered(packet),
        chunkEnds: () => this.#handOver(),
        drained: () => this.#drained(),
        closed: (reason) => this.#over(reason, null),
      });
    });
  }

  /** Other rules from now on. */
  replan(forwards: ForwardPlanner, subscriptions: SubscriptionPlanner): void {
    const { finishedInbound } = this.#outbound;
    this.#outbound = this.#outboundFor(forwards);
    this.#outbound.finishedInbound = finishedInbound;
    this.#inbound = this.#inboundFor(subscriptions);
  }

  /** The connection that has the subscriptions. */
  get main(): RemoteConnection {
    return this.#parts.remotes[0] as RemoteConnection;
  }

  tick(isOwed: boolean): void {
    for (const remote of this.#parts.remotes) remote.tick(isOwed);
  }

  /** Ends it in good order, on the local side at once: what is meant for the bridge from now on waits. */
  close(): void {
    if (this.#isOver) return;
    this.#finish(0);
    this.#local?.closed();
  }

  // What the core calls

  get pendingBytes(): number {
    let sum = 0;
    for (const remote of this.#parts.remotes) sum += remote.pendingBytes;
    return sum;
  }

  write(bytes: Buffer): boolean {
    if (this.#isOver) return true;
    this.#reader.read(bytes, 0, bytes.length, this.#outbound);
    this.#flush();
    if (this.#toLocal.length > 0) this.#handOverSoon();
    return !this.#isCongested;
  }

  pause(): void {
    this.main.pause();
  }

  resume(): void {
    this.main.resume();
  }

  /** The core ends it: the remote broker did what a client may not. */
  end(): void {
    const reasonCode = this.#outbound.disconnectReason;
    this.#over('the local broker ended it, as its log says', CLIENT_CODES.has(reasonCode) ? reasonCode : 0x80);
  }

  destroy(): void {
    this.end();
  }

  #outboundFor(forwards: ForwardPlanner): OutboundTranslator {
    const { copies, traffic, outbound } = this.#parts;
    return new OutboundTranslator(this.#chunks, this.#toLocal, copies, traffic, outbound, forwards);
  }

  #inboundFor(subscriptions: SubscriptionPlanner): InboundTranslator {
    const { traffic, inbound } = this.#parts;
    return new InboundTranslator(this.#toLocal, this.#chunks[0] as Chunk, traffic, inbound, subscriptions);
  }

  #message(i: number, type: PacketType, buf: Buffer, start: number, bodyStart: number, end: number): void {
    if (type !== PacketType.Publish && type !== PacketType.Pubrel) {
      this.#outbound.acknowledged(type, buf, start, bodyStart, end, i);
      return;
    }
    // Only the first connection has subscriptions.
    if (i > 0) throw new MqttError('PACKET_UNEXPECTED', { reasonCode: ReasonCode.ProtocolError });
    if (type === PacketType.Publish) this.#inbound.publish(buf, start, bodyStart, end, this.#outbound.finishedInbound);
    else this.#toLocal.append(buf, start, end);
  }

  #flush(): void {
    const { remotes } = this.#parts;
    for (let i = 0; i < remotes.length; i++) {
      const chunk = this.#chunks[i] as Chunk;
      if (chunk.length > 0 && !(remotes[i] as RemoteConnection).write(chunk.take())) this.#isCongested = true;
    }
  }

  /** What came in goes to the core; what it answers comes at the end of its turn. */
  #handOver(): void {
    this.#willHandOver = false;
    if (this.#isOver) return;
    this.#flush();
    if (this.#toLocal.length === 0) return;
    const bytes = this.#toLocal.take();
    this.#local?.received(bytes, bytes.length);
  }

  /** Not from within `write`: the core is in the midst of its flush. */
  #handOverSoon(): void {
    if (this.#willHandOver) return;
    this.#willHandOver = true;
    queueMicrotask(() => {
      if (this.#willHandOver) this.#handOver();
    });
  }

  #drained(): void {
    if (!this.#isCongested || this.pendingBytes > 0) return;
    this.#isCongested = false;
    this.#local?.drained();
  }

  /** @param reasonCode  for DISCONNECT to the connections that are left; null = they are left because one is gone */
  #over(reason: string, reasonCode: number | null): void {
    if (this.#isOver) return;
    this.#finish(reasonCode ?? 0);
    // Not now: the core may be the one that ends it.
    queueMicrotask(() => {
      this.#local?.closed();
      this.#events.closed(reason);
    });
  }

  #finish(reasonCode: number): void {
    this.#isOver = true;
    for (const remote of this.#parts.remotes) remote.close(reasonCode);
  }
}
