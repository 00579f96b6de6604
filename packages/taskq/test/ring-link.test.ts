import { RecordedPeerEvents } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { createRing } from '../src/ring.ts';
import { RingLink } from '../src/ring-link.ts';

describe('RingLink', () => {
  it('keeps what arrives until somebody listens', () => {
    const [near, far] = [createRing(), createRing()];
    const ends = { wakePeer: () => {}, wakeSelf: expect.unreachable };
    const nearLink = new RingLink({ peerId: 2, outgoing: near, incoming: far, ...ends });
    const farLink = new RingLink({ peerId: 1, outgoing: far, incoming: near, ...ends });
    nearLink.peer.introduced();
    nearLink.peer.commit();
    expect(farLink.poll()).toBe(false);
    const events = new RecordedPeerEvents();
    farLink.attach(events);
    expect(events.calls).toEqual([]);
    expect(farLink.poll()).toBe(true);
    expect(events.calls).toEqual([['introduced']]);
    expect([nearLink.peer.id, farLink.peer.id]).toEqual([2, 1]);
  });
});
