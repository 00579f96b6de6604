import { InflightState } from './inflight-window.ts';
import type { MessageHandle, MessageStore } from './message-store.ts';
import type { Forget } from './resender.ts';
import type { Session } from './session.ts';

/** Bit of an item: it came through a shared subscription. See `packItem`. */
export const SHARED_BIT = 0x08;

/** What taking messages back from a session needs of the outbound side. */
export interface TakeBackParts {
  readonly messages: MessageStore;
  readonly forget: Forget;
  /** Wall clock, seconds. */
  readonly nowSeconds: number;
}

/**
 * Offers every message that came through a shared subscription and may still go to another member: QoS 1 in flight
 * and everything queued, but not QoS 2 in flight [MQTT-4.8.2-5]. What `takes` answers true for leaves the session.
 */
export function reclaimShared(
  parts: TakeBackParts,
  session: Session,
  takes: (handle: MessageHandle, qos: number, retain: boolean) => boolean,
): void {
  const { window } = session;
  for (const record of window?.recordsInOrder() ?? []) {
    const item = window?.itemAt(record) as number;
    const isOpen = window?.stateAt(record) === InflightState.AwaitingPuback;
    if ((item & SHARED_BIT) === 0 || !isOpen || !takes(item >> 4, item & 3, (item & 4) !== 0)) continue;
    const sequence = window?.sequenceAt(record) as number;
    window?.remove(record);
    parts.forget(session, item >> 4, sequence);
  }
  takeFromQueue(parts, session, (item) => {
    return (item & SHARED_BIT) !== 0 && takes(item >> 4, item & 3, (item & 4) !== 0);
  });
}

/**
 * Takes back what waits and `isRevoked`: from the queue, and from the window what has not gone out on this connection
 * (`isResumed`: all of it, as nothing has). A QoS 2 flow that has begun is brought to its end without the message, since
 * the client may remember its identifier.
 * @returns messages taken back
 */
export function withdraw(
  parts: TakeBackParts,
  session: Session,
  isResumed: boolean,
  isRevoked: (handle: MessageHandle) => boolean,
): number {
  const { window } = session;
  let count = 0;
  for (const record of window?.recordsInOrder() ?? []) {
    if (window === null || window.stateAt(record) === InflightState.AwaitingPubcomp) continue;
    if (!isResumed && !window.isUnsentAt(record)) continue;
    const handle = window.itemAt(record) >> 4;
    if (!isRevoked(handle)) continue;
    count++;
    if (window.stateAt(record) === InflightState.AwaitingPubrec) {
      window.update(record, InflightState.AwaitingPubcomp, parts.nowSeconds);
      // On a resume it goes out with those of the other flows.
      if (!isResumed) session.connection?.sendPubrel(window.packetIdAt(record));
      continue;
    }
    const sequence = window.sequenceAt(record);
    window.remove(record);
    parts.forget(session, handle, sequence);
  }
  return count + takeFromQueue(parts, session, (item) => isRevoked(item >> 4));
}

/** What `leaves` leaves the queue; the rest keeps its order. @returns messages that left */
function takeFromQueue(parts: TakeBackParts, session: Session, leaves: (item: number) => boolean): number {
  const { queue } = session;
  let count = 0;
  for (let left = queue?.length ?? 0; queue !== null && left > 0; left--) {
    const item = queue.firstItem;
    const sequence = queue.firstSequence;
    queue.shift();
    if (!leaves(item)) {
      queue.push(item, sequence);
      continue;
    }
    count++;
    queue.bytes -= parts.messages.lengthOf(item >> 4);
    parts.forget(session, item >> 4, sequence);
  }
  return count;
}
