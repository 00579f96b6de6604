import type { PublishTemplate } from './load-frames.ts';

/**
 * All four bytes of the masking key. One that is not 0 makes the broker unmask; four that are equal make it no matter
 * where in a message a byte lies, so that frames can be masked before it is known what goes out with them.
 */
const MASK_BYTE = 0x5a;
/** The same for a number of four bytes. */
export const MASK_WORD = 0x5a5a5a5a;

const FINAL_BINARY = 0x82;
const MASKED = 0x80;
const MAX_SHORT_BYTES = 125;
const MAX_MEDIUM_BYTES = 0xffff;

/** Head of a binary message of a client. @see RFC 6455, 5.2 */
export function webSocketHead(payloadBytes: number): Buffer {
  const key = [MASK_BYTE, MASK_BYTE, MASK_BYTE, MASK_BYTE];
  if (payloadBytes <= MAX_SHORT_BYTES) return Buffer.from([FINAL_BINARY, MASKED | payloadBytes, ...key]);
  if (payloadBytes > MAX_MEDIUM_BYTES) throw new RangeError(`${payloadBytes} bytes are too many for a message`);
  return Buffer.from([FINAL_BINARY, MASKED | 126, payloadBytes >> 8, payloadBytes & 0xff, ...key]);
}

/** A binary message. @param payload  is copied */
export function webSocketMessage(payload: Uint8Array): Buffer {
  return Buffer.concat([webSocketHead(payload.length), masked(payload)]);
}

/** The PUBLISH of a template, masked. @param isMessage  with the head of a message of its own before it */
export function maskedTemplate({ frame, packetIdAt, stampAt }: PublishTemplate, isMessage: boolean): PublishTemplate {
  const head = isMessage ? webSocketHead(frame.length) : Buffer.alloc(0);
  return {
    frame: Buffer.concat([head, masked(frame)]),
    packetIdAt: packetIdAt < 0 ? -1 : packetIdAt + head.length,
    stampAt: stampAt + head.length,
  };
}

function masked(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ MASK_BYTE);
}
