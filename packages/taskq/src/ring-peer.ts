import type {
  Ban,
  BanTarget,
  Peer,
  PeerMember,
  RelayOrigin,
  RetainedPublisher,
  RetainedVersion,
} from '@nanomq-ts/core';
import { writeBan } from './records/ban-record.ts';
import { FieldWriter } from './records/field-writer.ts';
import type { FrameBytes } from './records/frame-bytes.ts';
import {
  COUNT_BYTES,
  HEADER_BYTES,
  NUMBER_BYTES,
  RecordFlag,
  RecordType,
  recordBytes,
  writeCount,
  writeHeader,
} from './records/layout.ts';
import { memberFlags, writeMember } from './records/member-record.ts';
import { originFlags, writeOrigin } from './records/origin-record.ts';
import { publisherFlags, writePublisher } from './records/publisher-record.ts';
import type { RingWriter } from './ring.ts';

const NO_BYTES = Buffer.alloc(0);

/**
 * Tells another shard by records in a ring; their layout is in `records/layout.ts`. For `frames` and `publish` nothing is
 * allocated but the view of a part of a buffer that Node's `copy` makes.
 */
export class RingPeer implements Peer {
  readonly id: number;
  readonly #writer: RingWriter;
  readonly #fields = new FieldWriter();
  #isEnded = false;

  constructor(id: number, writer: RingWriter) {
    this.id = id;
    this.#writer = writer;
  }

  get isFull(): boolean {
    return this.#writer.isFull && !this.#isEnded;
  }

  /** The other end is gone: what is told from now on goes nowhere. */
  end(): void {
    this.#isEnded = true;
  }

  frames(buf: Buffer, start: number, end: number, messages: number, isVersion5: boolean): void {
    if (this.#isEnded) return;
    const flags = isVersion5 ? RecordFlag.Version5 : 0;
    const at = this.#begin(RecordType.Frames, COUNT_BYTES + end - start, flags);
    const to = this.#writer.bytes;
    writeCount(to, at, messages);
    buf.copy(to, at + COUNT_BYTES, start, end);
  }

  publish({ buf, start, end, hasProperties, deadlineMs }: FrameBytes): void {
    if (this.#isEnded) return;
    const version = hasProperties ? RecordFlag.Version5 : 0;
    if (deadlineMs === 0) {
      const at = this.#begin(RecordType.Publish, end - start, version);
      buf.copy(this.#writer.bytes, at, start, end);
      return;
    }
    const at = this.#begin(RecordType.Publish, NUMBER_BYTES + end - start, version | RecordFlag.Deadline);
    const to = this.#writer.bytes;
    to.writeDoubleLE(deadlineMs, at);
    buf.copy(to, at + NUMBER_BYTES, start, end);
  }

  publishTo(topicFilter: string, clientId: string, frame: FrameBytes, qos: number, hops: number): void {
    this.#fields.begin().text(topicFilter).text(clientId).number(frame.deadlineMs).count(qos).count(hops);
    const flags = frame.hasProperties ? RecordFlag.Version5 : 0;
    this.#send(RecordType.PublishTo, flags, frame.buf, frame.start, frame.end);
  }

  retain(
    frame: FrameBytes,
    version: RetainedVersion,
    publisherId: string,
    publisher: RetainedPublisher | null,
    isLive: boolean,
  ): void {
    this.#fields.begin().number(frame.deadlineMs).number(version.time).number(version.shardId).text(publisherId);
    writePublisher(this.#fields, publisher);
    const flags = (frame.hasProperties ? RecordFlag.Version5 : 0) | (isLive ? RecordFlag.Live : 0);
    this.#send(RecordType.Retain, flags | publisherFlags(publisher), frame.buf, frame.start, frame.end);
  }

  interestAdded(filterKey: string, hasWildcard: boolean): void {
    this.#fields.begin().key(filterKey);
    this.#send(RecordType.InterestAdded, hasWildcard ? RecordFlag.Wildcard : 0);
  }

  interestRemoved(filterKey: string, hasWildcard: boolean): void {
    this.#fields.begin().key(filterKey);
    this.#send(RecordType.InterestRemoved, hasWildcard ? RecordFlag.Wildcard : 0);
  }

  memberJoined(member: PeerMember): void {
    writeMember(this.#fields.begin(), member);
    this.#send(RecordType.MemberJoined, memberFlags(member));
  }

  memberChanged(topicFilter: string, clientId: string, isOnline: boolean): void {
    this.#fields.begin().text(topicFilter).text(clientId);
    this.#send(RecordType.MemberChanged, isOnline ? RecordFlag.Online : 0);
  }

  memberLeft(topicFilter: string, clientId: string): void {
    this.#fields.begin().text(topicFilter).text(clientId);
    this.#send(RecordType.MemberLeft);
  }

  introduced(): void {
    this.#fields.begin();
    this.#send(RecordType.Introduced);
  }

  onlineChanged(connections: number): void {
    this.#fields.begin().count(connections);
    this.#send(RecordType.OnlineChanged);
  }

  addressChanged(addressKey: string, connections: number): void {
    this.#fields.begin().text(addressKey).count(connections);
    this.#send(RecordType.AddressChanged);
  }

  clientLeft(clientId: string): void {
    this.#fields.begin().text(clientId);
    this.#send(RecordType.ClientLeft);
  }

  banned(ban: Ban): void {
    writeBan(this.#fields.begin(), ban);
    this.#send(RecordType.Banned);
  }

  unbanned(by: BanTarget, value: string): void {
    this.#fields.begin().text(by).text(value);
    this.#send(RecordType.Unbanned);
  }

  relayOpened(relayId: number, origin: RelayOrigin): void {
    writeOrigin(this.#fields.begin().number(relayId), origin);
    this.#send(RecordType.RelayOpened, originFlags(origin));
  }

  relayReceived(relayId: number, bytes: Buffer, start: number, end: number): void {
    this.#fields.begin().number(relayId);
    this.#send(RecordType.RelayReceived, 0, bytes, start, end);
  }

  relayClosed(relayId: number): void {
    this.#fields.begin().number(relayId);
    this.#send(RecordType.RelayClosed);
  }

  relayTaken(relayId: number, bytes: number): void {
    this.#fields.begin().number(relayId).number(bytes);
    this.#send(RecordType.RelayTaken);
  }

  relayWrite(relayId: number, bytes: Buffer): void {
    this.#fields.begin().number(relayId);
    this.#send(RecordType.RelayWrite, 0, bytes, 0, bytes.length);
  }

  relayPause(relayId: number, isPaused: boolean): void {
    this.#fields.begin().number(relayId);
    this.#send(RecordType.RelayPause, isPaused ? RecordFlag.Paused : 0);
  }

  relayEnd(relayId: number, isAtOnce: boolean): void {
    this.#fields.begin().number(relayId);
    this.#send(RecordType.RelayEnd, isAtOnce ? RecordFlag.AtOnce : 0);
  }

  commit(): void {
    if (!this.#isEnded) this.#writer.commit();
  }

  /** A record of the fields collected, followed by `bytes[start, end)`. */
  #send(type: RecordType, flags = 0, bytes: Buffer = NO_BYTES, start = 0, end = 0): void {
    if (this.#isEnded) return;
    const { bytes: fields, length } = this.#fields;
    const at = this.#begin(type, length + end - start, flags);
    const to = this.#writer.bytes;
    fields.copy(to, at, 0, length);
    bytes.copy(to, at + length, start, end);
  }

  /** @returns where the body is to be written in the writer's bytes */
  #begin(type: RecordType, bodyBytes: number, flags: number): number {
    const at = this.#writer.reserve(recordBytes(bodyBytes));
    writeHeader(this.#writer.bytes, at, bodyBytes, type, flags);
    return at + HEADER_BYTES;
  }
}
