/**
 * Records between shards, as they lie one behind the other in a ring. All numbers are little endian.
 *
 * | offset | bytes | |
 * | --- | --- | --- |
 * | 0 | 4 | bytes of the body |
 * | 4 | 1 | `RECORD_VERSION` |
 * | 5 | 1 | type |
 * | 6 | 1 | flags, of `RecordFlag` |
 * | 7 | 1 | 0 |
 * | 8 | | body, then 0 to 7 bytes that mean nothing, so that the next record begins at a multiple of 8 |
 *
 * Bodies are made of *count*: 4 bytes, unsigned; *number*: 8 bytes, IEEE 754 double; *text*: a count of bytes and UTF-8;
 * *key*: a count of bytes and a topic key, one byte a character; and *bytes*: the rest of the body.
 *
 * | type | body | flags |
 * | --- | --- | --- |
 * | InterestAdded, InterestRemoved | key filter | Wildcard |
 * | MemberJoined | text topic filter · key filter · text client identifier | Wildcard, Online |
 * | MemberChanged | text topic filter · text client identifier | Online |
 * | MemberLeft | text topic filter · text client identifier | |
 * | Introduced | | |
 * | Frames | count messages · bytes frames | Version5 |
 * | Publish | number deadline, with Deadline only · bytes frame | Version5, Deadline |
 * | PublishTo | text topic filter · text client identifier · number deadline · count QoS · count hops · bytes frame | Version5 |
 * | Retain | number deadline · number time · number shard · text publisher's session · [text client identifier · text address · [text username]] · bytes frame | Version5, Publisher, Username, Live |
 * | OnlineChanged | count connections | |
 * | AddressChanged | text address key · count connections | |
 * | ClientLeft | text client identifier | |
 * | Banned | text by · text value · text reason · number until | |
 * | Unbanned | text by · text value | |
 * | RelayOpened | number relay · text address · count port · text listener · [text subject · text fingerprint · number valid to · [text common name]] | Certificate, CommonName |
 * | RelayReceived, RelayWrite | number relay · bytes | |
 * | RelayClosed | number relay | |
 * | RelayTaken | number relay · number bytes | |
 * | RelayPause | number relay | Paused |
 * | RelayEnd | number relay | AtOnce |
 */
export const RecordType = {
  Frames: 1,
  Publish: 2,
  PublishTo: 3,
  Retain: 4,
  RelayReceived: 5,
  RelayWrite: 6,
  RelayTaken: 7,
  RelayOpened: 8,
  RelayClosed: 9,
  RelayPause: 10,
  RelayEnd: 11,
  InterestAdded: 12,
  InterestRemoved: 13,
  MemberJoined: 14,
  MemberChanged: 15,
  MemberLeft: 16,
  Introduced: 17,
  OnlineChanged: 18,
  AddressChanged: 19,
  ClientLeft: 20,
  Banned: 21,
  Unbanned: 22,
} as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

/** Bits of a record's flags; what each type knows is in the table above. */
export const RecordFlag = {
  Version5: 1,
  Deadline: 2,
  Wildcard: 1,
  Online: 2,
  Publisher: 2,
  Username: 4,
  Live: 8,
  Certificate: 1,
  CommonName: 2,
  Paused: 1,
  AtOnce: 1,
} as const;

/** Raised with every change of what stands above. */
export const RECORD_VERSION = 2;

export const HEADER_BYTES = 8;
export const COUNT_BYTES = 4;
export const NUMBER_BYTES = 8;

/** Bytes of a whole record with a body of `bodyBytes`. */
export function recordBytes(bodyBytes: number): number {
  return (HEADER_BYTES + bodyBytes + 7) & ~7;
}

/** Where the record at `at` ends, its padding included. */
export function recordEnd(buf: Buffer, at: number): number {
  return at + recordBytes(readCount(buf, at));
}

export function writeHeader(to: Buffer, at: number, bodyBytes: number, type: RecordType, flags: number): void {
  writeCount(to, at, bodyBytes);
  to[at + 4] = RECORD_VERSION;
  to[at + 5] = type;
  to[at + 6] = flags;
  to[at + 7] = 0;
}

export function writeCount(to: Buffer, at: number, count: number): void {
  to[at] = count;
  to[at + 1] = count >>> 8;
  to[at + 2] = count >>> 16;
  to[at + 3] = count >>> 24;
}

export function readCount(from: Buffer, at: number): number {
  return (from[at]! | (from[at + 1]! << 8) | (from[at + 2]! << 16) | (from[at + 3]! << 24)) >>> 0;
}
