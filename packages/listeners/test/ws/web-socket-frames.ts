/** A frame of a client, masked, as RFC 6455, 5.2 lays it out. */
export function maskedFrame(
  payload: Buffer,
  isFinal = true,
  opcode = 2,
  mask = Buffer.from('37fa213d', 'hex'),
): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeUInt32BE(length, 6);
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] as number));
  return Buffer.concat([head, mask, masked]);
}

/** Bytes that repeat late, so that a shift shows. */
export function payloadOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 7) % 251));
}
