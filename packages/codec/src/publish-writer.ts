import type { PublishFrame } from './publish-frame.ts';
import { varintSize, writeVarint } from './varint.ts';

const TOPIC_ALIAS = 0x23;
const TOPIC_ALIAS_BYTES = 3;

/**
 * Writes a PUBLISH that was read in one layout into another: other flags, protocol version, subscription
 * identifiers, topic alias. One instance is reused: set the wishes, `measure`, then `write`.
 * Copies as many bytes as the frame has; allocates nothing.
 */
export class PublishWriter {
  /** First byte of the frame to write; its QoS bits say whether there is a packet identifier. */
  firstByte = 0x30;
  isVersion5 = false;
  /** Stands for the message's topic name; null = its own. */
  topicName: Buffer | null = null;
  /** Stand for the message's properties; null = its own. Where the expiry lies in them is not told. */
  properties: Buffer | null = null;
  /** Encoded properties to add after the message's own, or null. */
  extraProperties: Buffer | null = null;
  /** 0 = none. */
  topicAlias = 0;
  /** False leaves the topic name empty, for an alias the receiver knows. */
  withTopicName = true;
  /** Offset of the packet identifier in the frame written, from its first byte; 0 for QoS 0. */
  packetIdAt = 0;
  /** Offset of the Message Expiry Interval from its first byte; 0 = none. */
  messageExpiryAt = 0;
  #propertiesLength = 0;
  #bodyLength = 0;

  /** Back to a plain frame. */
  reset(firstByte: number, isVersion5: boolean): void {
    this.firstByte = firstByte;
    this.isVersion5 = isVersion5;
    this.topicName = null;
    this.properties = null;
    this.extraProperties = null;
    this.topicAlias = 0;
    this.withTopicName = true;
  }

  /** Bytes of the whole frame that `write` will produce. */
  measure(source: PublishFrame): number {
    let body = 2 + source.end - source.payloadStart;
    if (this.withTopicName) body += this.topicName?.length ?? source.topicEnd - source.topicStart;
    if ((this.firstByte & 0x06) !== 0) body += 2;
    if (this.isVersion5) {
      let properties = this.properties?.length ?? source.propertiesEnd - source.propertiesStart;
      if (this.extraProperties !== null) properties += this.extraProperties.length;
      if (this.topicAlias !== 0) properties += TOPIC_ALIAS_BYTES;
      this.#propertiesLength = properties;
      body += varintSize(properties) + properties;
    }
    this.#bodyLength = body;
    return 1 + varintSize(body) + body;
  }

  /** Writes the measured frame at `out[at]`, with room for the packet identifier; returns the offset after it. */
  write(source: PublishFrame, out: Buffer, at: number): number {
    const buf = source.buf;
    out[at] = this.firstByte;
    let pos = writeVarint(out, at + 1, this.#bodyLength);
    pos = this.#writeTopicName(source, out, pos);
    this.packetIdAt = 0;
    if ((this.firstByte & 0x06) !== 0) {
      this.packetIdAt = pos - at;
      pos += 2;
    }
    this.messageExpiryAt = 0;
    if (this.isVersion5) pos = this.#writeProperties(source, out, at, pos);
    buf.copy(out, pos, source.payloadStart, source.end);
    return pos + source.end - source.payloadStart;
  }

  #writeTopicName(source: PublishFrame, out: Buffer, at: number): number {
    const other = this.topicName;
    const length = this.withTopicName ? (other?.length ?? source.topicEnd - source.topicStart) : 0;
    out[at] = length >> 8;
    out[at + 1] = length & 0xff;
    if (length === 0) return at + 2;
    if (other === null) source.buf.copy(out, at + 2, source.topicStart, source.topicEnd);
    else other.copy(out, at + 2);
    return at + 2 + length;
  }

  #writeProperties(source: PublishFrame, out: Buffer, frameStart: number, at: number): number {
    let pos = writeVarint(out, at, this.#propertiesLength);
    if (this.properties !== null) {
      this.properties.copy(out, pos);
      return this.#writeOwnProperties(out, pos + this.properties.length);
    }
    if (source.messageExpiryAt >= 0) {
      this.messageExpiryAt = pos - frameStart + source.messageExpiryAt - source.propertiesStart;
    }
    if (source.propertiesEnd > source.propertiesStart) {
      // All of them as they are: [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]
      source.buf.copy(out, pos, source.propertiesStart, source.propertiesEnd);
      pos += source.propertiesEnd - source.propertiesStart;
    }
    return this.#writeOwnProperties(out, pos);
  }

  #writeOwnProperties(out: Buffer, at: number): number {
    let pos = at;
    if (this.extraProperties !== null) {
      this.extraProperties.copy(out, pos);
      pos += this.extraProperties.length;
    }
    if (this.topicAlias !== 0) {
      out[pos] = TOPIC_ALIAS;
      out[pos + 1] = this.topicAlias >> 8;
      out[pos + 2] = this.topicAlias & 0xff;
      pos += TOPIC_ALIAS_BYTES;
    }
    return pos;
  }
}
