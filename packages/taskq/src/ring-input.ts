import type { PeerEvents, PeerMessage } from '@nanomq-ts/core';
import type { RecordSink } from './record-assembly.ts';
import { readBan, readBanTarget } from './records/ban-record.ts';
import { FieldReader } from './records/field-reader.ts';
import {
  COUNT_BYTES,
  HEADER_BYTES,
  NUMBER_BYTES,
  RECORD_VERSION,
  RecordFlag,
  RecordType,
  readCount,
} from './records/layout.ts';
import { readMember } from './records/member-record.ts';
import { readOrigin } from './records/origin-record.ts';
import { readPublisher } from './records/publisher-record.ts';
import type { RingReader } from './ring.ts';

/** A frame within a record; one instance is used for all of an input, each time for one call. */
class BorrowedMessage implements PeerMessage {
  buf: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  isVersion5 = false;
  deadlineMs = 0;
}

/**
 * Calls `PeerEvents` for the records that arrive in a ring; nothing is allocated for `frames` and `publish`. A record
 * nobody knows, and what a handler throws, are broken invariants: they go through, to end the shard.
 */
export class RingInput implements RecordSink {
  readonly #reader: RingReader;
  readonly #events: PeerEvents;
  readonly #fields = new FieldReader();
  readonly #message = new BorrowedMessage();

  constructor(reader: RingReader, events: PeerEvents) {
    this.#reader = reader;
    this.#events = events;
  }

  /** @returns true when something had arrived */
  poll(): boolean {
    return this.#reader.poll(this);
  }

  /** @throws Error when the record is of another version or of no known type */
  record(buf: Buffer, at: number): void {
    const start = at + HEADER_BYTES;
    const end = start + readCount(buf, at);
    const type = buf[at + 5]!;
    const flags = buf[at + 6]!;
    if (buf[at + 4]! !== RECORD_VERSION) throw new Error(`a record of version ${buf[at + 4]}, type ${type}`);
    const isVersion5 = (flags & RecordFlag.Version5) !== 0;
    if (type === RecordType.Frames) {
      this.#events.frames(buf, start + COUNT_BYTES, end, readCount(buf, start), isVersion5);
      return;
    }
    if (type === RecordType.Publish) {
      if ((flags & RecordFlag.Deadline) === 0) this.#events.publish(buf, start, end, isVersion5, 0);
      else this.#events.publish(buf, start + NUMBER_BYTES, end, isVersion5, buf.readDoubleLE(start));
      return;
    }
    this.#fields.open(buf, start, end);
    const isKnown =
      this.#messageRecord(type, flags) || this.#relayRecord(type, flags) || this.#stateRecord(type, flags);
    if (!isKnown) throw new Error(`a record of unknown type ${type}`);
  }

  /** @returns false when the type is none of these, likewise below */
  #messageRecord(type: number, flags: number): boolean {
    const from = this.#fields;
    const events = this.#events;
    switch (type) {
      case RecordType.PublishTo: {
        const topicFilter = from.text();
        const clientId = from.text();
        const deadlineMs = from.number();
        const qos = from.count();
        const hops = from.count();
        events.publishTo(topicFilter, clientId, this.#borrow(flags, deadlineMs), qos, hops);
        return true;
      }
      case RecordType.Retain: {
        const deadlineMs = from.number();
        const version = { time: from.number(), shardId: from.number() };
        const publisherId = from.text();
        const publisher = readPublisher(from, flags);
        const isLive = (flags & RecordFlag.Live) !== 0;
        events.retain(this.#borrow(flags, deadlineMs), version, publisherId, publisher, isLive);
        return true;
      }
      default:
        return false;
    }
  }

  #relayRecord(type: number, flags: number): boolean {
    const from = this.#fields;
    const events = this.#events;
    switch (type) {
      case RecordType.RelayReceived:
        events.relayReceived(from.number(), from.bytes, from.at, from.end);
        return true;
      case RecordType.RelayWrite:
        events.relayWrite(from.number(), from.bytes, from.at, from.end);
        return true;
      case RecordType.RelayTaken:
        events.relayTaken(from.number(), from.number());
        return true;
      case RecordType.RelayOpened:
        events.relayOpened(from.number(), readOrigin(from, flags));
        return true;
      case RecordType.RelayClosed:
        events.relayClosed(from.number());
        return true;
      case RecordType.RelayPause:
        events.relayPause(from.number(), (flags & RecordFlag.Paused) !== 0);
        return true;
      case RecordType.RelayEnd:
        events.relayEnd(from.number(), (flags & RecordFlag.AtOnce) !== 0);
        return true;
      default:
        return false;
    }
  }

  #stateRecord(type: number, flags: number): boolean {
    const from = this.#fields;
    const events = this.#events;
    switch (type) {
      case RecordType.InterestAdded:
        events.interestAdded(from.key(), (flags & RecordFlag.Wildcard) !== 0);
        return true;
      case RecordType.InterestRemoved:
        events.interestRemoved(from.key(), (flags & RecordFlag.Wildcard) !== 0);
        return true;
      case RecordType.MemberJoined:
        events.memberJoined(readMember(from, flags));
        return true;
      case RecordType.MemberChanged:
        events.memberChanged(from.text(), from.text(), (flags & RecordFlag.Online) !== 0);
        return true;
      case RecordType.MemberLeft:
        events.memberLeft(from.text(), from.text());
        return true;
      case RecordType.Introduced:
        events.introduced();
        return true;
      case RecordType.OnlineChanged:
        events.onlineChanged(from.count());
        return true;
      case RecordType.AddressChanged:
        events.addressChanged(from.text(), from.count());
        return true;
      case RecordType.ClientLeft:
        events.clientLeft(from.text());
        return true;
      case RecordType.Banned:
        events.banned(readBan(from));
        return true;
      case RecordType.Unbanned:
        events.unbanned(readBanTarget(from), from.text());
        return true;
      default:
        return false;
    }
  }

  /** The rest of the record as a frame. */
  #borrow(flags: number, deadlineMs: number): PeerMessage {
    const message = this.#message;
    message.buf = this.#fields.bytes;
    message.start = this.#fields.at;
    message.end = this.#fields.end;
    message.isVersion5 = (flags & RecordFlag.Version5) !== 0;
    message.deadlineMs = deadlineMs;
    return message;
  }
}
