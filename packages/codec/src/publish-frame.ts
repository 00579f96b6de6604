import type { Qos } from './control-packet.ts';
import { MqttError } from './mqtt-error.ts';
import { DUP_BIT } from './packet-type.ts';

const QOS_MASK = 0x06;
const RETAIN_BIT = 0x01;

/**
 * Where the parts of one PUBLISH lie in its bytes. One instance is reused for every message of a shard:
 * `parse` overwrites all fields and allocates nothing. Offsets are absolute in `buf`.
 *
 * Layout: `buf[start]` flags · remaining length · `topicStart` (after its two length bytes) .. `topicEnd` ·
 * packet identifier at `packetIdAt` (QoS > 0) · `propertiesStart`..`propertiesEnd` (5.0; without their length) ·
 * `payloadStart`..`end`.
 * @see MQTT 5.0, 3.3 PUBLISH
 */
export class PublishFrame {
  buf: Buffer = Buffer.alloc(0);
  start = 0;
  bodyStart = 0;
  end = 0;
  qos: Qos = 0;
  retain = false;
  dup = false;
  topicStart = 0;
  topicEnd = 0;
  /** 0 for QoS 0. */
  packetId = 0;
  /** -1 for QoS 0. */
  packetIdAt = -1;
  propertiesStart = 0;
  propertiesEnd = 0;
  payloadStart = 0;
  /** The layout has a property length: MQTT 5.0. */
  hasProperties = false;
  /** Offset of the 4-byte Message Expiry Interval, or -1. Set by whoever scanned the properties. */
  messageExpiryAt = -1;
  /** Milliseconds since 1970 when the message expires, 0 = never. Set with `messageExpiryAt`. */
  deadlineMs = 0;

  /**
   * Reads the frame in `buf[start, end)` whose body begins at `bodyStart`. Properties are located, not checked.
   * @throws MqttError MALFORMED_FLAGS (QoS 3, or DUP with QoS 0), MALFORMED_PACKET (a part ends outside the frame),
   *   PACKET_ID_ZERO, MALFORMED_VARINT
   */
  parse(buf: Buffer, start: number, bodyStart: number, end: number, hasProperties: boolean): void {
    const flags = buf[start]!;
    const qos = (flags & QOS_MASK) >> 1;
    if (qos === 3) throw new MqttError('MALFORMED_FLAGS', { detail: 'QoS 3' }); // [MQTT-3.3.1-4]
    if (qos === 0 && (flags & DUP_BIT) !== 0) throw new MqttError('MALFORMED_FLAGS', { detail: 'DUP with QoS 0' }); // [MQTT-3.3.1-2]
    if (end - bodyStart < 2) throw truncated('topic name');
    const topicStart = bodyStart + 2;
    const topicEnd = topicStart + buf[bodyStart]! * 256 + buf[bodyStart + 1]!;
    let pos = topicEnd;
    this.packetId = 0;
    this.packetIdAt = -1;
    // [MQTT-2.2.1-2] [v3.1.1 MQTT-2.3.1-5]
    if (qos > 0) {
      if (pos + 2 > end) throw truncated('packet identifier');
      this.packetId = buf[pos]! * 256 + buf[pos + 1]!;
      this.packetIdAt = pos;
      if (this.packetId === 0) throw new MqttError('PACKET_ID_ZERO'); // [MQTT-2.2.1-3]
      pos += 2;
    }
    this.buf = buf;
    this.start = start;
    this.bodyStart = bodyStart;
    this.end = end;
    this.qos = qos as Qos;
    this.retain = (flags & RETAIN_BIT) !== 0;
    this.dup = (flags & DUP_BIT) !== 0;
    this.hasProperties = hasProperties;
    this.messageExpiryAt = -1;
    this.deadlineMs = 0;
    this.topicStart = topicStart;
    this.topicEnd = topicEnd;
    if (hasProperties) pos = this.#locateProperties(buf, pos, end);
    else this.propertiesStart = this.propertiesEnd = pos;
    if (pos > end) throw truncated('payload');
    this.payloadStart = pos;
  }

  /** The topic name with one character per byte. Allocates; not for the message path. */
  topicKey(): string {
    return this.buf.toString('latin1', this.topicStart, this.topicEnd);
  }

  #locateProperties(buf: Buffer, at: number, end: number): number {
    if (at >= end) throw truncated('property length');
    let length = buf[at]!;
    let pos = at + 1;
    if (length > 127) {
      length &= 127;
      let scale = 128;
      for (;;) {
        if (pos >= end) throw truncated('property length');
        if (scale > 2097152) throw new MqttError('MALFORMED_VARINT'); // [MQTT-1.5.5-1]
        const byte = buf[pos++]!;
        length += (byte & 127) * scale;
        if (byte === 0) throw new MqttError('MALFORMED_VARINT', { detail: 'not the shortest form' }); // [MQTT-1.5.5-1]
        if (byte < 128) break;
        scale *= 128;
      }
    }
    this.propertiesStart = pos;
    this.propertiesEnd = pos + length;
    return pos + length;
  }
}

function truncated(part: string): MqttError {
  return new MqttError('MALFORMED_PACKET', { detail: `${part} ends outside the packet` });
}
