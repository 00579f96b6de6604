import type { PeerEvents } from '@nanomq-ts/core';
import type { PeerHarness } from '@nanomq-ts/testkit';
import { createRing } from '../src/ring.ts';
import { RingLink } from '../src/ring-link.ts';

const NEAR_ID = 1;
const FAR_ID = 2;

/** Two links over two rings in this thread. Each end does something only when it is woken, as threads do. */
export function startRingPair(near: PeerEvents, far: PeerEvents, ringBytes: number): PeerHarness {
  const toFar = createRing(ringBytes);
  const toNear = createRing(ringBytes);
  const woken = new Set<RingLink>();
  let isFarReading = true;
  const wakeNear = () => void woken.add(nearLink);
  const wakeFar = () => void woken.add(farLink);
  const nearLink = new RingLink({
    peerId: FAR_ID,
    outgoing: toFar,
    incoming: toNear,
    wakePeer: wakeFar,
    wakeSelf: wakeNear,
  });
  const farLink = new RingLink({
    peerId: NEAR_ID,
    outgoing: toNear,
    incoming: toFar,
    wakePeer: wakeNear,
    wakeSelf: wakeFar,
  });
  nearLink.attach(near);
  farLink.attach(far);
  const pollWoken = (link: RingLink) => {
    if (!woken.delete(link)) return;
    link.poll();
    link.sleep();
  };
  return {
    toFar: nearLink.peer,
    toNear: farLink.peer,
    settle: async () => {
      while (woken.has(nearLink) || (isFarReading && woken.has(farLink))) {
        pollWoken(nearLink);
        if (isFarReading) pollWoken(farLink);
      }
    },
    stopReading: () => {
      isFarReading = false;
    },
    startReading: () => {
      isFarReading = true;
    },
    killFar: async () => {
      isFarReading = false;
      nearLink.end();
    },
    close: async () => {},
  };
}
