/** Where an outbound message stands. @see MQTT 5.0, 4.3 Quality of Service levels and protocol flows */
export const InflightState = { AwaitingPuback: 1, AwaitingPubrec: 2, AwaitingPubcomp: 3 } as const;

/** A state of the table above. */
export type InflightState = (typeof InflightState)[keyof typeof InflightState];

/** No entry under that packet identifier. */
export const NOT_FOUND = -1;

/** In place of the time: the message has not gone out on this connection yet, but did on an earlier one. */
const UNSENT = -1;

const STRIDE = 4;
const FIRST_CAPACITY = 8;
const LARGEST_CAPACITY = 65_536;
/** The largest packet identifier there can be. */
export const LAST_PACKET_ID = 65_535;
const NO_RECORDS: readonly number[] = [];

/**
 * Outbound QoS 1 and 2 messages awaiting acknowledgement, at most `limit` of them.
 *
 * A power-of-two table of records `[state << 16 | packetId, item, sequence, sentSeconds]`, indexed by the low bits
 * of the packet identifier. Identifiers are handed out in turn, so neighbours land in neighbouring records; an
 * identifier whose record is taken is skipped. `item` is the owner's integer.
 *
 * A reconnect makes the records of PUBLISH packets unsent: until they went out again they use up none of the send
 * quota, which begins anew with each connection [MQTT-4.9.0-1].
 * @see MQTT 5.0, 2.2.1 Packet Identifier, 4.9 Flow Control
 */
export class InflightWindow {
  /** Most messages at once: the client's receive maximum and `mqtt.max_inflight_window`. */
  limit: number;
  #table = new Int32Array(FIRST_CAPACITY * STRIDE);
  #mask = FIRST_CAPACITY - 1;
  #count = 0;
  #unsent = 0;
  #nextPacketId = 1;
  #resendOrder: readonly number[] = NO_RECORDS;
  #resendAt = 0;
  readonly #lastPacketId: number;

  /** @param lastPacketId  identifiers are handed out from 1 to this; more than `limit` ever is */
  constructor(limit: number, lastPacketId: number = LAST_PACKET_ID) {
    this.limit = limit;
    this.#lastPacketId = lastPacketId;
  }

  /** Messages in the window, unsent ones too. */
  get count(): number {
    return this.#count;
  }

  /** Of these, how many PUBLISH packets have to be sent again on this connection. */
  get unsent(): number {
    return this.#unsent;
  }

  /** The send quota is used up. [MQTT-3.3.4-9] [MQTT-4.9.0-2] */
  get isFull(): boolean {
    return this.#count - this.#unsent >= this.limit;
  }

  /** Takes the next free packet identifier for `item`. The window must not be full, and nothing in it unsent. */
  add(item: number, sequence: number, state: InflightState, sentSeconds: number): number {
    if ((this.#count + 1) * 2 > this.#mask + 1 && this.#mask + 1 < LARGEST_CAPACITY) this.#grow();
    let packetId = this.#nextPacketId;
    let at = (packetId & this.#mask) * STRIDE;
    while (this.#table[at] !== 0) {
      packetId = packetId >= this.#lastPacketId ? 1 : packetId + 1;
      at = (packetId & this.#mask) * STRIDE;
    }
    this.#nextPacketId = packetId >= this.#lastPacketId ? 1 : packetId + 1;
    this.#table[at] = (state << 16) | packetId;
    this.#table[at + 1] = item;
    this.#table[at + 2] = sequence;
    this.#table[at + 3] = sentSeconds;
    this.#count++;
    return packetId;
  }

  /** The record of a packet identifier, or NOT_FOUND. Valid until the next `add`. */
  find(packetId: number): number {
    const at = (packetId & this.#mask) * STRIDE;
    return (this.#table[at]! & 0xffff) === packetId && packetId !== 0 ? at : NOT_FOUND;
  }

  // Of the record that `find` gave:

  stateAt(record: number): InflightState {
    return (this.#table[record]! >> 16) as InflightState;
  }

  packetIdAt(record: number): number {
    return this.#table[record]! & 0xffff;
  }

  itemAt(record: number): number {
    return this.#table[record + 1]!;
  }

  sequenceAt(record: number): number {
    return this.#table[record + 2]!;
  }

  sentSecondsAt(record: number): number {
    return this.#table[record + 3]!;
  }

  isUnsentAt(record: number): boolean {
    return this.sentSecondsAt(record) === UNSENT;
  }

  /**
   * A new connection: every PUBLISH that waits for its acknowledgement has to go out once more.
   * @returns all records in the order their messages were first sent
   */
  markUnsent(): readonly number[] {
    this.#unsent = 0;
    this.#resendAt = 0;
    const order = this.recordsInOrder();
    for (const record of order) {
      if (this.stateAt(record) === InflightState.AwaitingPubcomp) continue;
      this.#table[record + 3] = UNSENT;
      this.#unsent++;
    }
    this.#resendOrder = this.#unsent > 0 ? order : NO_RECORDS;
    return order;
  }

  /** The record of the oldest PUBLISH that has to go out again, or NOT_FOUND. */
  firstUnsent(): number {
    for (; this.#resendAt < this.#resendOrder.length; this.#resendAt++) {
      const record = this.#resendOrder[this.#resendAt]!;
      if (this.#table[record] !== 0 && this.isUnsentAt(record)) return record;
    }
    return NOT_FOUND;
  }

  /** Moves the record to another state; it was sent at `sentSeconds`, seconds since 1970. */
  update(record: number, state: InflightState, sentSeconds: number): void {
    if (this.isUnsentAt(record)) this.#leftUnsent();
    this.#table[record] = (state << 16) | this.packetIdAt(record);
    this.#table[record + 3] = sentSeconds;
  }

  /** Frees the record and its packet identifier. */
  remove(record: number): void {
    if (this.isUnsentAt(record)) this.#leftUnsent();
    this.#table[record] = 0;
    this.#count--;
  }

  /** The records in the order their messages were first sent [MQTT-4.6.0-1] [v3.1.1 MQTT-4.6.0-1]. Allocates; not for the message path. */
  recordsInOrder(): number[] {
    const records: number[] = [];
    for (let at = 0; at < this.#table.length; at += STRIDE) if (this.#table[at] !== 0) records.push(at);
    return records.sort((a, b) => (this.sequenceAt(a) - this.sequenceAt(b)) | 0);
  }

  #leftUnsent(): void {
    this.#unsent--;
    if (this.#unsent === 0) this.#resendOrder = NO_RECORDS;
  }

  #grow(): void {
    const old = this.#table;
    const capacity = (this.#mask + 1) * 2;
    this.#table = new Int32Array(capacity * STRIDE);
    this.#mask = capacity - 1;
    for (let at = 0; at < old.length; at += STRIDE) {
      if (old[at] === 0) continue;
      const to = (old[at]! & 0xffff & this.#mask) * STRIDE;
      for (let i = 0; i < STRIDE; i++) this.#table[to + i] = old[at + i]!;
    }
  }
}
