import { varintSize, writeVarint } from '@nanomq-ts/codec';

const SUBSCRIPTION_IDENTIFIER = 0x0b;

/** The properties that carry subscription identifiers [MQTT-3.3.4-3] [MQTT-3.3.4-4], or null for none. */
export function encodeSubscriptionIds(ids: readonly number[]): Buffer | null {
  if (ids.length === 0) return null;
  const bytes = Buffer.allocUnsafeSlow(ids.reduce((sum, id) => sum + 1 + varintSize(id), 0));
  let at = 0;
  for (const id of ids) {
    bytes[at] = SUBSCRIPTION_IDENTIFIER;
    at = writeVarint(bytes, at + 1, id);
  }
  return bytes;
}
