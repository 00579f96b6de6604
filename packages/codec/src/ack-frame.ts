import { scanAckProperties } from './ack-properties.ts';
import { MqttError } from './mqtt-error.ts';
import { PacketType } from './packet-type.ts';
import { ReasonCode } from './reason-code.ts';

/** First bytes of the acknowledgements as the broker sends them. */
export const AckHeader = { Puback: 0x40, Pubrec: 0x50, Pubrel: 0x62, Pubcomp: 0x70 } as const;

/** A first byte of the table above. */
export type AckHeader = (typeof AckHeader)[keyof typeof AckHeader];

/** Largest acknowledgement the broker writes, in bytes. */
export const MAX_ACK_BYTES = 5;

/**
 * PUBACK, PUBREC, PUBREL or PUBCOMP as it was read. One instance is reused; `parse` allocates nothing.
 * Layout: first byte · remaining length · packet identifier (2) · reason code (1, 5.0) · properties (5.0).
 */
export class AckFrame {
  packetId = 0;
  reasonCode = 0;

  /**
   * @param ignoredFlags  bits of the first byte that may be set: `DUP_BIT` in a PUBREL of MQTT 3.1
   * @throws MqttError MALFORMED_FLAGS, MALFORMED_PACKET (wrong length), PACKET_ID_ZERO, property errors,
   *   REASON_CODE_NOT_ALLOWED (0x82): such a packet can be read, but says what is not allowed, which section 1.2
   *   calls a Protocol Error and not a Malformed Packet
   */
  parse(buf: Buffer, start: number, bodyStart: number, end: number, isVersion5: boolean, ignoredFlags = 0): void {
    const first = buf[start]!;
    const flags = first & 0x0f & ~ignoredFlags;
    const type = first >> 4;
    // [MQTT-2.1.3-1] [MQTT-3.6.1-1]
    if (flags !== (type === PacketType.Pubrel ? 2 : 0)) throw new MqttError('MALFORMED_FLAGS');
    const length = end - bodyStart;
    if (length < 2 || (!isVersion5 && length > 2))
      throw new MqttError('MALFORMED_PACKET', { detail: `length ${length}` });
    this.packetId = buf[bodyStart]! * 256 + buf[bodyStart + 1]!;
    if (this.packetId === 0) throw new MqttError('PACKET_ID_ZERO');
    this.reasonCode = ReasonCode.Success;
    if (length > 2) this.#parseReason(buf, bodyStart + 2, end, type);
  }

  #parseReason(buf: Buffer, at: number, end: number, type: number): void {
    this.reasonCode = buf[at]!;
    if (!isAckReasonCode(type, this.reasonCode)) {
      throw new MqttError('REASON_CODE_NOT_ALLOWED', { detail: `0x${this.reasonCode.toString(16)}` });
    }
    if (end > at + 1) scanAckProperties(buf, at + 1, end);
  }
}

/** Whether the reason code may stand in this acknowledgement. @see MQTT 5.0, 3.4.2.1, 3.5.2.1, 3.6.2.1, 3.7.2.1 */
function isAckReasonCode(type: number, code: number): boolean {
  // [MQTT-3.6.2-1] [MQTT-3.7.2-1]
  if (type === PacketType.Pubrel || type === PacketType.Pubcomp) {
    return code === ReasonCode.Success || code === ReasonCode.PacketIdentifierNotFound;
  }
  // [MQTT-3.4.2-1] [MQTT-3.5.2-1]
  switch (code) {
    case ReasonCode.Success:
    case ReasonCode.NoMatchingSubscribers:
    case ReasonCode.UnspecifiedError:
    case ReasonCode.ImplementationSpecificError:
    case ReasonCode.NotAuthorized:
    case ReasonCode.TopicNameInvalid:
    case ReasonCode.PacketIdentifierInUse:
    case ReasonCode.QuotaExceeded:
    case ReasonCode.PayloadFormatInvalid:
      return true;
    default:
      return false;
  }
}

/**
 * Writes an acknowledgement at `out[at]`: four bytes for success, five with a reason code (5.0 only). It carries
 * neither reason string nor user properties, so nothing has to be left out for a small Maximum Packet Size
 * [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2]
 * [MQTT-3.7.2-3].
 * @param packetId  of the PUBLISH it belongs to [MQTT-2.2.1-5] [v3.1.1 MQTT-2.3.1-6]
 * @returns the offset after it
 */
export function writeAck(out: Buffer, at: number, header: AckHeader, packetId: number, reasonCode: number): number {
  out[at] = header;
  out[at + 2] = packetId >> 8;
  out[at + 3] = packetId & 0xff;
  if (reasonCode === ReasonCode.Success) {
    out[at + 1] = 2;
    return at + 4;
  }
  out[at + 1] = 3;
  out[at + 4] = reasonCode;
  return at + 5;
}
