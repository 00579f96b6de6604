import type { ForwardPlan } from './forward-plan.ts';

/** Local packet identifiers are at most this: the upper bits number the copies of a message. */
export const LAST_LOCAL_PACKET_ID = 0x0fff;
/** Forwards that can take the same message. */
export const MOST_COPIES = 15;
/** Packet identifiers from here on are for SUBSCRIBE and UNSUBSCRIBE. */
export const FIRST_REQUEST_PACKET_ID = 0xf000;

const LOCAL_BITS = 12;

/**
 * The copies of one message under way to the remote broker. Each match of a forward is a copy with a packet identifier
 * of its own, `copy << 12 | local identifier`; the first has the local one. The local broker gets one acknowledgement,
 * when all copies have theirs.
 */
export class Copies {
  /** Bit a copy: PUBACK or PUBREC is due. */
  readonly #first = new Uint16Array(LAST_LOCAL_PACKET_ID + 1);
  /** Bit a copy: PUBREC came, PUBREL and PUBCOMP follow. */
  readonly #second = new Uint16Array(LAST_LOCAL_PACKET_ID + 1);
  /** QoS that the local broker sent with, 1 or 2. */
  readonly #qos = new Uint8Array(LAST_LOCAL_PACKET_ID + 1);
  /** What was planned for the message that last had the identifier. */
  readonly #plans: (ForwardPlan | undefined)[] = Array(LAST_LOCAL_PACKET_ID + 1).fill(undefined);

  /** Begins a message, for the first time or again. */
  begin(localId: number, qos: number, plan: ForwardPlan): void {
    this.#first[localId] = 0;
    this.#second[localId] = 0;
    this.#qos[localId] = qos;
    this.#plans[localId] = plan;
  }

  /** Most copies of a message that is under way. */
  get most(): number {
    let most = 0;
    for (let localId = 1; localId <= LAST_LOCAL_PACKET_ID; localId++) {
      const isUnderWay = this.#first[localId] !== 0 || this.#second[localId] !== 0;
      if (isUnderWay) most = Math.max(most, this.#plans[localId]?.copies.length ?? 0);
    }
    return most;
  }

  /** A copy goes out and will be acknowledged. @returns its packet identifier */
  add(localId: number, copy: number): number {
    this.#first[localId] = (this.#first[localId] as number) | (1 << copy);
    return (copy << LOCAL_BITS) | localId;
  }

  /** The remote broker owes nothing for the message, so that the local one can be answered. */
  isFirstSettled(localId: number): boolean {
    return this.#first[localId] === 0;
  }

  qosOf(localId: number): number {
    return this.#qos[localId] as number;
  }

  planOf(localId: number): ForwardPlan | undefined {
    return this.#plans[localId];
  }

  /**
   * PUBACK or PUBREC of a copy. @param isReleased  PUBREL is to follow
   * @returns the local identifier when that was the last copy, 0 when others are due, -1 when it was not due
   */
  acknowledged(packetId: number, isReleased: boolean): number {
    const localId = packetId & LAST_LOCAL_PACKET_ID;
    const bit = 1 << (packetId >> LOCAL_BITS);
    const due = this.#first[localId] as number;
    if ((due & bit) === 0) return -1;
    this.#first[localId] = due & ~bit;
    if (isReleased) this.#second[localId] = (this.#second[localId] as number) | bit;
    return (due & ~bit) === 0 ? localId : 0;
  }

  /** Bits of the copies that PUBREL goes to. */
  released(localId: number): number {
    return this.#second[localId] as number;
  }

  /** PUBCOMP of a copy. @returns as `acknowledged` */
  completed(packetId: number): number {
    const localId = packetId & LAST_LOCAL_PACKET_ID;
    const bit = 1 << (packetId >> LOCAL_BITS);
    const due = this.#second[localId] as number;
    if ((due & bit) === 0) return -1;
    this.#second[localId] = due & ~bit;
    return (due & ~bit) === 0 ? localId : 0;
  }
}
