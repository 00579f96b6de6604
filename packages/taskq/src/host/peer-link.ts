import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Placement } from '@nanomq-ts/core';
import { type BellMemory, createRing, type RingMemory } from '../ring.ts';

/** What two shards share, as one of them holds it. May be posted to another thread; the port has to be transferred. */
export interface PeerLink {
  readonly peerId: Placement;
  /** Written by this shard, and read by it. */
  readonly outgoing: RingMemory;
  readonly incoming: RingMemory;
  readonly peerBell: BellMemory;
  /** A message means that somebody rang the bell of this shard, or rings that of the peer. */
  readonly port: MessagePort;
}

/** A shard that is to be linked. */
export interface LinkedShard {
  readonly id: Placement;
  readonly bell: BellMemory;
}

/** Makes the two rings between two shards. @returns the link as `left` holds it, and as `right` does */
export function linkShards(left: LinkedShard, right: LinkedShard, ringBytes?: number): [PeerLink, PeerLink] {
  const toLeft = createRing(ringBytes);
  const toRight = createRing(ringBytes);
  const { port1, port2 } = new MessageChannel();
  return [
    { peerId: right.id, outgoing: toRight, incoming: toLeft, peerBell: right.bell, port: port1 },
    { peerId: left.id, outgoing: toLeft, incoming: toRight, peerBell: left.bell, port: port2 },
  ];
}
