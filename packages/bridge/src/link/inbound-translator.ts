import { isUtf8 } from 'node:buffer';
import {
  AckHeader,
  DUP_BIT,
  MAX_ACK_BYTES,
  MqttError,
  PublishFrame,
  PublishProperties,
  PublishWriter,
  propertiesWithout,
  writeAck,
} from '@nanomq-ts/codec';
import { BoundedCache } from '../topics/bounded-cache.ts';
import type { Chunk } from './chunk.ts';
import { OriginTrail } from './origin-trail.ts';
import type { SubscriptionPlan, SubscriptionPlanner } from './subscription-plan.ts';
import { BridgeDrop, type Traffic } from './traffic.ts';

const QOS_BITS = 0x06;
const SUBSCRIPTION_IDENTIFIER = 0x0b;
/** Topics whose plan is kept. */
const MAX_PLANS = 16_384;

/** What is known of messages that come in. */
export interface InboundTerms {
  readonly isVersion5: boolean;
  /** Unacknowledged QoS 1 and 2 messages that the remote broker may send. */
  readonly receiveMaximum: number;
  /** This broker; a message that was here before is not taken again. */
  readonly brokers: readonly Buffer[];
  /** What the local broker takes; it ends the connection of whoever sends more. */
  readonly maxUserProperties: number;
  readonly maxTopicLevels: number;
  /** Property that names the remote broker, added to what comes; null where it has not said its name. */
  readonly origin: Buffer | null;
}

/**
 * Turns a PUBLISH of the remote broker into one for the local broker, which acknowledges it. The packet identifier
 * stays: the remote broker gets its acknowledgement from the core, once the message is where it has to be.
 */
export class InboundTranslator {
  readonly #local: Chunk;
  readonly #remote: Chunk;
  readonly #traffic: Traffic;
  readonly #terms: InboundTerms;
  readonly #plans: BoundedCache<{ readonly plan: SubscriptionPlan }>;
  readonly #frame = new PublishFrame();
  readonly #properties = new PublishProperties();
  readonly #writer = new PublishWriter();
  readonly #trail = new OriginTrail();
  /** The local broker would not take the message that is being looked at. */
  #isRefused = false;
  /** QoS 1 and 2 messages that came. */
  #begun = 0;

  constructor(local: Chunk, remote: Chunk, traffic: Traffic, terms: InboundTerms, planner: SubscriptionPlanner) {
    this.#local = local;
    this.#remote = remote;
    this.#traffic = traffic;
    this.#terms = terms;
    this.#plans = new BoundedCache(MAX_PLANS, (topicKey) => ({ plan: planner.plan(topicKey, terms.maxTopicLevels) }));
  }

  /**
   * @param finished  how many of the QoS 1 and 2 messages have had their last acknowledgement
   * @throws MqttError as `PublishFrame.parse` and `PublishProperties.scan`; TOPIC_ALIAS_INVALID: none was offered;
   *   RECEIVE_MAXIMUM_EXCEEDED
   */
  publish(buf: Buffer, start: number, bodyStart: number, end: number, finished: number): void {
    const publish = this.#frame;
    const { isVersion5, receiveMaximum } = this.#terms;
    publish.parse(buf, start, bodyStart, end, isVersion5);
    if (publish.qos > 0) {
      // What was begun on an earlier connection is finished on this one without having begun.
      this.#begun = Math.max(this.#begun, finished) + 1;
      if (isVersion5 && this.#begun - finished > receiveMaximum) throw new MqttError('RECEIVE_MAXIMUM_EXCEEDED'); // [MQTT-3.3.4-9]
    }
    this.#traffic.receivedMessages++;
    this.#traffic.receivedBytes += end - start;
    this.#trail.wasHere = this.#isRefused = false;
    const others = publish.propertiesEnd > publish.propertiesStart ? this.#checkedProperties(publish) : null;
    if (publish.topicStart === publish.topicEnd)
      throw new MqttError('TOPIC_NAME_INVALID', { detail: 'topic name is empty' });
    const { plan } = this.#plans.get(publish.topicKey());
    if (this.#trail.wasHere) this.#drop(publish, BridgeDrop.Loop);
    else if (this.#isRefused) this.#drop(publish, BridgeDrop.Refused);
    else if (plan === null) this.#drop(publish, BridgeDrop.NoRule);
    else this.#pass(publish, plan.topicName, plan.retain, others);
  }

  /** @returns properties to replace those of the message, or null */
  #checkedProperties(publish: PublishFrame): Buffer | null {
    const { buf, propertiesStart, propertiesEnd, payloadStart, end } = publish;
    const { maxUserProperties, brokers, origin } = this.#terms;
    const properties = this.#properties;
    properties.scan(buf, propertiesStart, propertiesEnd, false, Infinity);
    // No fault of the remote broker's, and one that it would send again: the message goes, and not the connection.
    this.#isRefused =
      properties.userPropertyCount + Number(origin !== null) > maxUserProperties ||
      (properties.payloadFormat === 1 && !isUtf8(buf.subarray(payloadStart, end)));
    if (properties.topicAlias > 0) throw new MqttError('TOPIC_ALIAS_INVALID', { detail: 'none was offered' }); // [MQTT-3.3.2-9]
    this.#trail.read(publish, brokers);
    if (properties.subscriptionIdentifierCount === 0) return null;
    return propertiesWithout(buf, propertiesStart, propertiesEnd, SUBSCRIPTION_IDENTIFIER);
  }

  #pass(publish: PublishFrame, topicName: Buffer | null, retain: number, properties: Buffer | null): void {
    const local = this.#local;
    const { buf, start, end } = publish;
    const isRetained = retain < 0 ? publish.retain : retain === 1;
    const { isVersion5, origin } = this.#terms;
    if (topicName === null && properties === null && origin === null && isRetained === publish.retain) {
      local.append(buf, start, end);
      return;
    }
    const writer = this.#writer;
    writer.reset(0x30 | ((buf[start] as number) & (DUP_BIT | QOS_BITS)) | Number(isRetained), isVersion5);
    writer.topicName = topicName;
    writer.properties = properties;
    writer.extraProperties = origin;
    const at = local.reserve(writer.measure(publish));
    writer.write(publish, local.bytes, at);
    if (publish.qos > 0) local.bytes.writeUInt16BE(publish.packetId, at + writer.packetIdAt);
  }

  /** Acknowledged all the same: the remote broker has nothing more to do with it. */
  #drop(publish: PublishFrame, reason: BridgeDrop): void {
    this.#traffic.dropIn(reason);
    if (publish.qos === 0) return;
    const header = publish.qos === 1 ? AckHeader.Puback : AckHeader.Pubrec;
    const at = this.#remote.reserve(MAX_ACK_BYTES - 1);
    writeAck(this.#remote.bytes, at, header, publish.packetId, 0);
    if (publish.qos === 1) this.#begun--;
  }
}
