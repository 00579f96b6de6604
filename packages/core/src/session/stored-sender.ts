import { DUP_BIT, PublishFrame, PublishWriter } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { copyBytes } from '../connection/copy-bytes.ts';
import type { Counters } from '../observe/counters.ts';
import { DropReason } from '../observe/drop-reason.ts';
import { NO_ALIAS } from '../topics/topic-aliases-out.ts';
import { type MessageHandle, type MessageStore, NEVER_EXPIRES } from './message-store.ts';
import { parseStored } from './stored-frame.ts';

/** A Topic Alias property and what the two lengths in front of it may grow by. */
const MAX_ALIAS_COST_BYTES = 5;

/** Appends stored messages to connections, in the layout and within the limits of each. */
export class StoredSender {
  /** Wall clock of the turn, milliseconds; set by the owner. */
  nowMs = 0;
  readonly #messages: MessageStore;
  readonly #counters: Counters;
  readonly #frame = new PublishFrame();
  readonly #writer = new PublishWriter();

  constructor(messages: MessageStore, counters: Counters) {
    this.#messages = messages;
    this.#counters = counters;
  }

  /** Appends the stored frame with this receiver's flags, packet identifier and remaining expiry. */
  send(connection: Connection, item: number, packetId: number, isDuplicate: boolean): void {
    const messages = this.#messages;
    const handle = item >> 4;
    this.#counters.countPublishOut(item & 3);
    // DUP says whether we sent it before, never what its publisher said. [MQTT-3.3.1-3] [v3.1.1 MQTT-3.3.1-3]
    const firstByte = 0x30 | (isDuplicate ? DUP_BIT : 0) | ((item & 3) << 1) | ((item >> 2) & 1);
    if (messages.isVersion5(handle) !== connection.isVersion5 || connection.aliasesOut !== null || packetId === 0) {
      this.#sendOtherwise(connection, handle, firstByte, packetId);
      return;
    }
    const start = messages.offsetOf(handle);
    const length = messages.lengthOf(handle);
    const at = connection.out.reserve(length);
    const bytes = connection.out.bytes as Buffer;
    copyBytes(messages.bufferOf(handle), start, start + length, bytes, at);
    bytes[at] = firstByte;
    const packetIdAt = at + messages.packetIdAt(handle);
    bytes[packetIdAt] = packetId >> 8;
    bytes[packetIdAt + 1] = packetId & 0xff;
    if (messages.deadlineMs(handle) !== NEVER_EXPIRES) this.#writeExpiry(handle, bytes, at + messages.expiryAt(handle));
  }

  /** The slow way: another protocol version than stored, or a topic alias. */
  #sendOtherwise(connection: Connection, handle: MessageHandle, firstByte: number, packetId: number): void {
    const frame = this.#frame;
    const writer = this.#writer;
    parseStored(this.#messages, handle, frame);
    writer.reset(firstByte, connection.isVersion5);
    const plainBytes = writer.measure(frame);
    const { aliasesOut, maxPacketBytes } = connection;
    // Asking makes the mapping, so it must be sure before that the packet can be sent with it.
    if (aliasesOut !== null && (maxPacketBytes === 0 || plainBytes + MAX_ALIAS_COST_BYTES <= maxPacketBytes)) {
      const packed = aliasesOut.aliasFor(frame.topicKey());
      if (packed !== NO_ALIAS) {
        writer.topicAlias = packed >> 1;
        writer.withTopicName = (packed & 1) === 1;
      }
    }
    const at = connection.out.reserve(writer.measure(frame));
    const bytes = connection.out.bytes as Buffer;
    writer.write(frame, bytes, at);
    if (writer.packetIdAt > 0) {
      bytes[at + writer.packetIdAt] = packetId >> 8;
      bytes[at + writer.packetIdAt + 1] = packetId & 0xff;
    }
    if (writer.messageExpiryAt > 0) this.#writeExpiry(handle, bytes, at + writer.messageExpiryAt);
  }

  /** The interval sent is what is left of it. [MQTT-3.3.2-6] */
  #writeExpiry(handle: MessageHandle, bytes: Buffer, at: number): void {
    if (this.#messages.expiryAt(handle) === 0) return;
    const left = Math.max(0, Math.ceil((this.#messages.deadlineMs(handle) - this.nowMs) / 1000));
    bytes.writeUInt32BE(left, at);
  }

  /** A frame above the client's maximum packet size is dropped as if it had been sent. [MQTT-3.1.2-24] [MQTT-3.1.2-25] */
  fits(connection: Connection, handle: MessageHandle, qos: number): boolean {
    if (connection.maxPacketBytes === 0) return true;
    let bytes = this.#messages.lengthOf(handle);
    if (qos === 0 || !this.#messages.isVersion5(handle)) {
      parseStored(this.#messages, handle, this.#frame);
      this.#writer.reset(0x30 | (qos << 1), connection.isVersion5);
      bytes = this.#writer.measure(this.#frame);
    }
    if (bytes <= connection.maxPacketBytes) return true;
    this.#counters.drop(DropReason.TooLarge);
    return false;
  }
}
