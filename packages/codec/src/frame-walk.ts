import { MqttError } from './mqtt-error.ts';
import { afterVarint, checkProperties, type PropertyPlace } from './properties.ts';
import { isWellFormedUtf8 } from './utf8.ts';
import { readVarint } from './varint.ts';

/** Offsets of a part within a frame. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/** No bytes. */
export const EMPTY_RANGE: FrameRange = { start: 0, end: 0 };

/**
 * Walks through one whole frame and refuses what is not well formed. mqtt-packet forgives too much to be asked:
 * ill-formed UTF-8 becomes replacement characters, bytes after the last field are skipped, many reserved bits pass.
 * Keeps nothing but offsets; the bytes are borrowed for as long as the walk is used.
 */
export class FrameWalk {
  readonly buf: Buffer;
  readonly #end: number;
  #at: number;

  /**
   * @param buf    a whole frame, from its first byte to its last
   * @param flags  what the low half of the first byte must be
   * @throws MqttError MALFORMED_FLAGS, MALFORMED_PACKET (the length is not that of `buf`), MALFORMED_VARINT (0x81)
   */
  constructor(buf: Buffer, flags: number) {
    if (buf.length < 2) throw truncated('fixed header');
    if ((buf[0]! & 0x0f) !== flags) throw new MqttError('MALFORMED_FLAGS'); // [MQTT-2.1.3-1] [v3.1.1 MQTT-2.2.2-2]
    const packed = readVarint(buf, 1, buf.length);
    if (packed < 0) throw truncated('remaining length');
    const used = packed & 7;
    this.buf = buf;
    this.#at = 1 + used;
    this.#end = this.#at + (packed - used) / 8;
    if (this.#end !== buf.length) throw malformed('remaining length is not the length of the packet');
  }

  /** Bytes not walked yet. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** @throws MqttError MALFORMED_PACKET (0x81) when the frame ends before */
  byte(part: string): number {
    if (this.left < 1) throw truncated(part);
    return this.buf[this.#at++]!;
  }

  /** @throws MqttError MALFORMED_PACKET (0x81) when the frame ends before or inside */
  uint16(part: string): number {
    if (this.left < 2) throw truncated(part);
    this.#at += 2;
    return this.buf.readUInt16BE(this.#at - 2);
  }

  /** @throws MqttError MALFORMED_PACKET (0x81), PACKET_ID_ZERO (0x82) */
  packetId(): number {
    const packetId = this.uint16('packet identifier');
    if (packetId === 0) throw new MqttError('PACKET_ID_ZERO'); // [MQTT-2.2.1-3] [v3.1.1 MQTT-2.3.1-1]
    return packetId;
  }

  /** The bytes of binary data, without its length. @throws MqttError MALFORMED_PACKET (0x81) */
  binary(part: string): FrameRange {
    const length = this.uint16(part); // [MQTT-4.7.3-3]
    if (this.left < length) throw truncated(part);
    const start = this.#at;
    this.#at += length;
    return { start, end: this.#at };
  }

  /** The bytes of a UTF-8 string, without its length. @throws MqttError MALFORMED_PACKET, MALFORMED_UTF8 (0x81) */
  string(part: string): FrameRange {
    const range = this.binary(part);
    if (!isWellFormedUtf8(this.buf, range.start, range.end)) {
      throw new MqttError('MALFORMED_UTF8', { detail: part }); // [MQTT-1.5.4-1] [MQTT-1.5.4-2]
    }
    return range;
  }

  /**
   * The bytes of properties, without their length, checked.
   * @throws MqttError MALFORMED_PROPERTIES, MALFORMED_VARINT (0x81) and whatever `checkProperties` throws
   */
  properties(place: PropertyPlace, userPropertyLimit: number): FrameRange {
    if (this.left === 0) throw new MqttError('MALFORMED_PROPERTIES', { detail: 'no property length' }); // [MQTT-2.2.2-1]
    const start = afterVarint(this.buf, this.#at, this.#end); // [MQTT-1.5.5-1]
    const length = (readVarint(this.buf, this.#at, start) - (start - this.#at)) / 8;
    const end = start + length;
    if (end > this.#end) throw new MqttError('MALFORMED_PROPERTIES', { detail: 'end outside the packet' });
    checkProperties(this.buf, start, end, place, userPropertyLimit);
    this.#at = end;
    return { start, end };
  }

  /** @throws MqttError MALFORMED_PACKET (0x81) when bytes are left */
  finish(): void {
    if (this.left > 0) throw malformed(`${this.left} bytes after the last field`);
  }
}

/** A frame that cannot be read, for the reason given. */
export function malformed(detail: string): MqttError {
  return new MqttError('MALFORMED_PACKET', { detail });
}

function truncated(part: string): MqttError {
  return malformed(`${part} ends outside the packet`);
}
