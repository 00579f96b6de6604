import type { PublishFrame } from '@nanomq-ts/codec';

/** User property of MQTT 5.0 that each broker a message leaves by a bridge adds; its value names the broker. */
export const ORIGIN_PROPERTY = 'bridge-origin';

const USER_PROPERTY = 0x26;
const NAME = Buffer.from(ORIGIN_PROPERTY);
/** Bytes of the values of properties with a fixed length, by identifier. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 4, 35: 2 };
const SUBSCRIPTION_IDENTIFIER = 0x0b;

/** The property as it stands in a PUBLISH. */
export function originProperty(brokerId: string): Buffer {
  const value = Buffer.from(brokerId);
  const bytes = Buffer.alloc(5 + NAME.length + value.length);
  bytes[0] = USER_PROPERTY;
  bytes.writeUInt16BE(NAME.length, 1);
  NAME.copy(bytes, 3);
  bytes.writeUInt16BE(value.length, 3 + NAME.length);
  value.copy(bytes, 5 + NAME.length);
  return bytes;
}

/**
 * Reads where a message has been. One instance is reused; nothing is allocated for a message that was nowhere.
 */
export class OriginTrail {
  /** Brokers it came through. */
  hops = 0;
  /** It has been at one of the brokers asked for. */
  wasHere = false;

  /** @param brokers  names of brokers as bytes; properties that are not well formed end the search */
  read(publish: PublishFrame, brokers: readonly Buffer[]): void {
    this.hops = 0;
    this.wasHere = false;
    const { buf, propertiesEnd: end } = publish;
    let at = publish.propertiesStart;
    while (at < end) {
      const id = buf[at] as number;
      at = id === USER_PROPERTY ? this.#pair(buf, at + 1, end, brokers) : afterValue(buf, at + 1, end, id);
    }
  }

  #pair(buf: Buffer, at: number, end: number, brokers: readonly Buffer[]): number {
    const nameEnd = afterField(buf, at, end);
    const valueEnd = afterField(buf, nameEnd, end);
    if (valueEnd > end || NAME.compare(buf, at + 2, nameEnd) !== 0) return valueEnd;
    this.hops++;
    for (const broker of brokers) this.wasHere ||= broker.compare(buf, nameEnd + 2, valueEnd) === 0;
    return valueEnd;
  }
}

function afterValue(buf: Buffer, at: number, end: number, id: number): number {
  const fixed = FIXED_BYTES[id];
  if (fixed !== undefined) return at + fixed;
  if (id !== SUBSCRIPTION_IDENTIFIER) return afterField(buf, at, end);
  let next = at;
  while (next < end && (buf[next] as number) > 127) next++;
  return next + 1;
}

/** Offset after a string or binary data; beyond `end` when it is cut off. */
function afterField(buf: Buffer, at: number, end: number): number {
  return at + 2 > end ? end + 1 : at + 2 + buf.readUInt16BE(at);
}
