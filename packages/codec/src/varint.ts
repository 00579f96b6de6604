import { MqttError } from './mqtt-error.ts';

/** The largest value four bytes can carry: 268,435,455. Also the largest Remaining Length. */
export const MAX_VARINT = 0x0fff_ffff;

/**
 * Reads a variable byte integer at `at`.
 * An encoding longer than it need be is read as its value: MQTT 3.1.1 does not forbid it for the Remaining Length.
 * @param buf  bytes, borrowed for the call
 * @param at   offset in bytes
 * @param end  offset after the last byte that may be read
 * @returns value * 8 + bytes used (1-4), or -1 when `end` comes inside it
 * @throws MqttError MALFORMED_VARINT (0x81) when a fifth byte would be needed
 * @see MQTT 5.0, 1.5.5 Variable Byte Integer
 */
export function readVarint(buf: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  // Nearly every packet is shorter than 128 bytes: one comparison settles it.
  let byte = buf[at]!;
  if (byte < 0x80) return byte * 8 + 1;
  let value = byte & 0x7f;
  for (let bytes = 2, shift = 7; bytes <= 4; bytes++, shift += 7) {
    if (at + bytes > end) return -1;
    byte = buf[at + bytes - 1]!;
    value |= (byte & 0x7f) << shift;
    // A 28-bit value times 8 no longer fits in 31 bits: multiply, never shift.
    if (byte < 0x80) return value * 8 + bytes;
  }
  throw new MqttError('MALFORMED_VARINT'); // [MQTT-1.5.5-1]
}

/** Bytes (1-4) that `value`, 0 to {@link MAX_VARINT}, takes as a variable byte integer. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}

/**
 * Writes `value` at `at` in the fewest bytes [MQTT-1.5.5-1].
 * @returns offset after the last byte written
 * @throws RangeError when `value` is over {@link MAX_VARINT}: a fault of the caller, never of a client
 */
export function writeVarint(buf: Uint8Array, at: number, value: number): number {
  if (value > MAX_VARINT) throw new RangeError(`${value} does not fit a variable byte integer`);
  let rest = value;
  let to = at;
  while (rest >= 0x80) {
    buf[to++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buf[to++] = rest;
  return to;
}
