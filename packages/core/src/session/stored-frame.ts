import type { PublishFrame } from '@nanomq-ts/codec';
import { type MessageHandle, type MessageStore, NEVER_EXPIRES } from './message-store.ts';

/** Parses a stored message into `frame`; its bytes stay the store's own. */
export function parseStored(messages: MessageStore, handle: MessageHandle, frame: PublishFrame): void {
  const buf = messages.bufferOf(handle);
  const start = messages.offsetOf(handle);
  let bodyStart = start + 1;
  while ((buf[bodyStart]! & 0x80) !== 0) bodyStart++;
  frame.parse(buf, start, bodyStart + 1, start + messages.lengthOf(handle), messages.isVersion5(handle));
  frame.deadlineMs = messages.deadlineMs(handle);
  if (frame.deadlineMs !== NEVER_EXPIRES && messages.expiryAt(handle) > 0) {
    frame.messageExpiryAt = start + messages.expiryAt(handle);
  }
}
