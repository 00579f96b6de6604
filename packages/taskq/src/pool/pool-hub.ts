import type { Placement, Shard } from '@nanomq-ts/core';
import type { PeerLink } from '../host/peer-link.ts';
import { PeerLinks } from '../host/peer-links.ts';
import { type BellMemory, createBell } from '../ring.ts';
import type { PoolMember } from './pool-member.ts';

/** Number of the hub; worker threads count from 1. */
export const HUB_ID: Placement = 0;

/**
 * The shard of the main thread: no client connects to it, but it is told of everything that shards have in common, and
 * publishes for whoever is not a client.
 */
export class PoolHub implements PoolMember {
  readonly id = HUB_ID;
  readonly bell: BellMemory = createBell();
  readonly #links: PeerLinks;

  constructor(shard: Shard) {
    this.#links = new PeerLinks(shard, this.bell, true);
  }

  join(link: PeerLink): Promise<void> {
    return this.#links.join(link);
  }

  peerGone(peerId: Placement): void {
    this.#links.gone(peerId);
  }

  close(): void {
    this.#links.close();
  }
}
