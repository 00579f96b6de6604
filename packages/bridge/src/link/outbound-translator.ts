import {
  AckFrame,
  AckHeader,
  DUP_BIT,
  type FrameSink,
  FrameVerdict,
  MAX_ACK_BYTES,
  PacketType,
  PublishFrame,
  PublishWriter,
  writeAck,
} from '@nanomq-ts/codec';
import { BoundedCache } from '../topics/bounded-cache.ts';
import type { Chunk } from './chunk.ts';
import type { Copies } from './copies.ts';
import type { ForwardPlan, ForwardPlanner, PlannedCopy } from './forward-plan.ts';
import { OriginTrail } from './origin-trail.ts';
import { BridgeDrop, type Traffic } from './traffic.ts';

const FIRST_FAILURE = 0x80;
/** Topics whose plan is kept. */
const MAX_PLANS = 16_384;

/** What the remote broker takes, and what is said of the way a message came. */
export interface OutboundTerms {
  readonly isVersion5: boolean;
  /** 0 = no limit. */
  readonly maxPacketBytes: number;
  readonly maxQos: number;
  readonly retainAvailable: boolean;
  /** Property to add, or null. */
  readonly origin: Buffer | null;
  /** Brokers that must not have had the message. */
  readonly brokers: readonly Buffer[];
  readonly maxHops: number;
}

/**
 * Turns what the local broker sends into what the remote one gets, frame by frame: topic name, QoS, RETAIN, packet
 * identifier and origin are rewritten, a message that several forwards take is copied. Acknowledgements go the other
 * way, one for all copies. It keeps no message: what waits, waits in the core.
 */
export class OutboundTranslator implements FrameSink {
  readonly #remotes: readonly Chunk[];
  readonly #local: Chunk;
  readonly #copies: Copies;
  readonly #traffic: Traffic;
  readonly #terms: OutboundTerms;
  readonly #plans: BoundedCache<ForwardPlan>;
  readonly #frame = new PublishFrame();
  readonly #ack = new AckFrame();
  readonly #writer = new PublishWriter();
  readonly #trail = new OriginTrail();
  /** QoS 1 and 2 messages of the remote broker whose last acknowledgement went out. */
  finishedInbound = 0;
  /** Reason code of a DISCONNECT of the local broker; 0 = none. */
  disconnectReason = 0;

  /**
   * @param remotes  what goes to each connection
   * @param local    what goes to the local broker
   */
  constructor(
    remotes: readonly Chunk[],
    local: Chunk,
    copies: Copies,
    traffic: Traffic,
    terms: OutboundTerms,
    planner: ForwardPlanner,
  ) {
    this.#remotes = remotes;
    this.#local = local;
    this.#copies = copies;
    this.#traffic = traffic;
    this.#terms = terms;
    this.#plans = new BoundedCache(MAX_PLANS, (topicKey) => planner.plan(topicKey));
  }

  frame(buf: Buffer, start: number, bodyStart: number, end: number): FrameVerdict {
    const type = (buf[start] as number) >> 4;
    if (type === PacketType.Publish) this.#publish(buf, start, bodyStart, end);
    else if (type === PacketType.Pubrel) this.#pubrel(buf.readUInt16BE(bodyStart));
    else if (type === PacketType.Disconnect) this.disconnectReason = end > bodyStart ? (buf[bodyStart] as number) : 0;
    else {
      // [MQTT-4.3.2-4] [MQTT-4.3.3-8] decided by the core
      if (type !== PacketType.Pubrec || (end - bodyStart > 2 && (buf[bodyStart + 2] as number) >= FIRST_FAILURE)) {
        this.finishedInbound++;
      }
      (this.#remotes[0] as Chunk).append(buf, start, end);
    }
    return FrameVerdict.Continue;
  }

  frameBegun(): void {}

  /**
   * PUBACK, PUBREC or PUBCOMP of the remote broker. @param connection  it came by
   * @throws MqttError as `AckFrame.parse`
   */
  acknowledged(type: PacketType, buf: Buffer, start: number, bodyStart: number, end: number, connection: number): void {
    const ack = this.#ack;
    ack.parse(buf, start, bodyStart, end, this.#terms.isVersion5);
    if (type === PacketType.Pubcomp) {
      const done = this.#copies.completed(ack.packetId);
      if (done > 0) this.#answer(AckHeader.Pubcomp, done);
      return;
    }
    const isRefused = ack.reasonCode >= FIRST_FAILURE;
    const isReleased = type === PacketType.Pubrec && !isRefused;
    const settled = this.#copies.acknowledged(ack.packetId, isReleased);
    if (settled > 0) this.#answer(this.#copies.qosOf(settled) === 1 ? AckHeader.Puback : AckHeader.Pubrec, settled);
    if (settled >= 0 && isRefused) this.#traffic.dropOut(BridgeDrop.Refused);
    // Nobody else would end a flow that only the remote broker still knows. [MQTT-4.3.3-4]
    if (settled < 0 && isReleased)
      this.#acknowledge(this.#remotes[connection] as Chunk, AckHeader.Pubrel, ack.packetId);
  }

  #publish(buf: Buffer, start: number, bodyStart: number, end: number): void {
    const publish = this.#frame;
    publish.parse(buf, start, bodyStart, end, this.#terms.isVersion5);
    const plan = this.#planFor(publish);
    const { copies, connection } = plan;
    const { packetId: localId, qos } = publish;
    if (qos > 0) this.#copies.begin(localId, qos, plan);
    if (this.#hasBeenAround(publish)) this.#traffic.dropOut(BridgeDrop.Loop);
    else if (copies.length === 0) this.#traffic.dropOut(BridgeDrop.NoRule);
    else {
      const chunk = this.#remotes[connection] as Chunk;
      for (let i = 0; i < copies.length; i++) this.#copy(publish, copies[i] as PlannedCopy, i, chunk);
    }
    if (qos > 0 && this.#copies.isFirstSettled(localId)) {
      this.#answer(qos === 1 ? AckHeader.Puback : AckHeader.Pubrec, localId);
    }
  }

  /**
   * What was begun goes on as it was, whatever the forwards are now: the remote broker may have some of its copies, and
   * knows them by their identifiers.
   */
  #planFor(publish: PublishFrame): ForwardPlan {
    const topicKey = publish.topicKey();
    const begun = publish.dup ? this.#copies.planOf(publish.packetId) : undefined;
    const goesOn = begun?.topicKey === topicKey && begun.connection < this.#remotes.length;
    return goesOn ? begun : this.#plans.get(topicKey);
  }

  #copy(publish: PublishFrame, planned: PlannedCopy, number: number, chunk: Chunk): void {
    const terms = this.#terms;
    let qos = planned.qos < 0 ? publish.qos : Math.min(planned.qos, publish.qos);
    if (qos > terms.maxQos) qos = terms.maxQos; // [MQTT-3.2.2-11]
    const wantsRetain = planned.retain < 0 ? publish.retain : planned.retain === 1;
    const retain = wantsRetain && terms.retainAvailable; // [MQTT-3.2.2-14]
    const firstByte = 0x30 | (qos > 0 && publish.dup ? DUP_BIT : 0) | (qos << 1) | Number(retain);
    const writer = this.#writer;
    writer.reset(firstByte, terms.isVersion5);
    writer.topicName = planned.topicName;
    writer.extraProperties = terms.origin;
    const bytes = writer.measure(publish);
    if (terms.maxPacketBytes > 0 && bytes > terms.maxPacketBytes) {
      this.#traffic.dropOut(BridgeDrop.TooLarge); // [MQTT-3.2.2-15]
      return;
    }
    const at = chunk.reserve(bytes);
    writer.write(publish, chunk.bytes, at);
    if (qos > 0) {
      const packetId = this.#copies.add(publish.packetId, number);
      chunk.bytes[at + writer.packetIdAt] = packetId >> 8;
      chunk.bytes[at + writer.packetIdAt + 1] = packetId & 0xff;
    }
    this.#traffic.sentMessages++;
    this.#traffic.sentBytes += bytes;
  }

  #hasBeenAround(publish: PublishFrame): boolean {
    const { maxHops, brokers } = this.#terms;
    if (maxHops === 0 || publish.propertiesEnd === publish.propertiesStart) return false;
    this.#trail.read(publish, brokers);
    return this.#trail.wasHere || this.#trail.hops >= maxHops;
  }

  #pubrel(localId: number): void {
    let bits = this.#copies.released(localId);
    if (bits === 0) {
      this.#answer(AckHeader.Pubcomp, localId);
      return;
    }
    const chunk = this.#remotes[this.#copies.planOf(localId)?.connection ?? 0] ?? (this.#remotes[0] as Chunk);
    for (let packetId = localId; bits !== 0; bits >>= 1, packetId += 0x1000) {
      if ((bits & 1) !== 0) this.#acknowledge(chunk, AckHeader.Pubrel, packetId);
    }
  }

  #answer(header: AckHeader, localId: number): void {
    this.#acknowledge(this.#local, header, localId);
  }

  #acknowledge(chunk: Chunk, header: AckHeader, packetId: number): void {
    const at = chunk.reserve(MAX_ACK_BYTES - 1);
    writeAck(chunk.bytes, at, header, packetId, 0);
  }
}
