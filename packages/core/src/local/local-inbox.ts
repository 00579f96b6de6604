import { FrameReader, type FrameSink, FrameVerdict, PublishFrame } from '@nanomq-ts/codec';
import type { LocalMessage } from './local-message.ts';

/** Frames above this are not read ahead; they wait in the transport, where the slow receiver policy sees them. Bytes. */
const AHEAD_BYTES = 64 * 1024;
/** The largest MQTT packet there can be, in bytes. */
const LARGEST_PACKET_BYTES = 5 + 0x0fff_ffff;
const NO_PROPERTIES = Buffer.alloc(0);
/** Taken places at the front of the list before it is moved up. */
const COMPACT_AT = 1024;

/** Turns PUBLISH frames into messages and keeps them, in order, until they are taken. */
export class LocalInbox implements FrameSink {
  readonly #reader = new FrameReader(LARGEST_PACKET_BYTES);
  readonly #publish = new PublishFrame();
  #messages: (LocalMessage | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  get length(): number {
    return this.#messages.length - this.#head;
  }

  /** Enough waits here; more is to wait elsewhere. */
  get isFull(): boolean {
    return this.#bytes >= AHEAD_BYTES;
  }

  /** Reads whole frames. The bytes are borrowed. */
  read(bytes: Buffer): void {
    this.#reader.read(bytes, 0, bytes.length, this);
  }

  /** The oldest message, which leaves. */
  shift(): LocalMessage | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#messages[this.#head++] = undefined;
    this.#bytes -= costOf(message);
    if (this.#head === this.#messages.length || this.#head === COMPACT_AT) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  frame(buf: Buffer, start: number, bodyStart: number, end: number): FrameVerdict {
    const publish = this.#publish;
    publish.parse(buf, start, bodyStart, end, true);
    const { topicStart, topicEnd, propertiesStart, propertiesEnd, payloadStart, qos, retain, packetId } = publish;
    const hasProperties = propertiesEnd > propertiesStart;
    const message = {
      topicName: buf.toString('utf8', topicStart, topicEnd),
      payload: Buffer.from(buf.subarray(payloadStart, end)),
      qos,
      retain,
      properties: hasProperties ? Buffer.from(buf.subarray(propertiesStart, propertiesEnd)) : NO_PROPERTIES,
      packetId,
    };
    this.#messages.push(message);
    this.#bytes += costOf(message);
    return FrameVerdict.Continue;
  }

  frameBegun(): void {}
}

/** What a message counts for, in bytes; the constant stands for the objects around it. */
function costOf({ topicName, payload, properties }: LocalMessage): number {
  return topicName.length + payload.length + properties.length + 128;
}
