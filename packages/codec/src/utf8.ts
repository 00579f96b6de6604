/**
 * Whether `buf[start, end)` may stand in an MQTT UTF-8 encoded string: well formed, no surrogate, no overlong form,
 * nothing above U+10FFFF [MQTT-1.5.4-1], no U+0000 [MQTT-1.5.4-2]. Control characters and non-characters, which a
 * receiver MAY refuse, are let through; U+FEFF is a character like any other [MQTT-1.5.4-3].
 * Allocates nothing: `isUtf8` of node:buffer would need a view of the range.
 * @param end  at most `buf.length`
 * @see MQTT 5.0, 1.5.4; Unicode 15, table 3-7 (well-formed byte sequences)
 */
export function isWellFormedUtf8(buf: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const byte = buf[at]!;
    if (byte < 0x80) {
      if (byte === 0) return false;
      at++;
    } else {
      at = afterMultibyte(buf, at, end, byte);
      if (at < 0) return false;
    }
  }
  return true;
}

/** Offset after the sequence that `lead` at `at` opens, or -1 when it is ill formed. */
function afterMultibyte(buf: Uint8Array, at: number, end: number, lead: number): number {
  // 0x80-0xBF cannot lead; 0xC0 and 0xC1 could only be overlong; above 0xF4 lies over U+10FFFF.
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > end) return -1;
  let low = 0x80;
  let high = 0xbf;
  if (lead === 0xe0)
    low = 0xa0; // overlong
  else if (lead === 0xed)
    high = 0x9f; // surrogates
  else if (lead === 0xf0)
    low = 0x90; // overlong
  else if (lead === 0xf4) high = 0x8f; // above U+10FFFF
  const second = buf[at + 1]!;
  if (second < low || second > high) return -1;
  if (length > 2 && (buf[at + 2]! & 0xc0) !== 0x80) return -1;
  if (length > 3 && (buf[at + 3]! & 0xc0) !== 0x80) return -1;
  return at + length;
}
