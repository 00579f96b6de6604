import type { MessagePort } from 'node:worker_threads';
import type { Placement, Shard } from '@nanomq-ts/core';
import { Bell, type BellMemory } from '../ring.ts';
import { RingLink } from '../ring-link.ts';
import type { PeerLink } from './peer-link.ts';

interface OpenLink {
  readonly ring: RingLink;
  readonly port: MessagePort;
}

/** The links of a shard to its peers, and what wakes it when one of them has written, or read on. */
export class PeerLinks {
  readonly #shard: Shard;
  readonly #isHub: boolean;
  readonly #bell: Bell;
  readonly #open = new Map<Placement, OpenLink>();
  #isLookDue = false;

  /** @param isHub  this shard tells newcomers of the retained messages, for all */
  constructor(shard: Shard, bell: BellMemory, isHub: boolean) {
    this.#shard = shard;
    this.#isHub = isHub;
    this.#bell = new Bell(bell, () => this.#lookSoon());
  }

  /**
   * Joins a peer and tells it at once what a newcomer has to know, so that what comes later is told once. The peer may
   * join afterwards: what was told waits in the ring.
   * @returns settles when the peer has told the same, or is gone
   */
  join({ peerId, outgoing, incoming, peerBell, port }: PeerLink): Promise<void> {
    const { peers, turn } = this.#shard;
    const theirs = new Bell(peerBell, () => port.postMessage(null));
    const wakePeer = () => theirs.ring();
    const wakeSelf = () => this.#lookSoon();
    const ring = new RingLink({ peerId, outgoing, incoming, wakePeer, wakeSelf });
    turn.begin();
    ring.attach(peers.join(ring.peer, () => this.#poll(ring)));
    peers.introduce(ring.peer, this.#isHub);
    this.#open.set(peerId, { ring, port });
    port.on('message', () => this.#woken());
    return peers.whenIntroduced(peerId);
  }

  /** The peer has ended; what it told before is read first. Does nothing for one that is not there. */
  gone(peerId: Placement): void {
    const link = this.#open.get(peerId);
    if (link === undefined) return;
    this.#open.delete(peerId);
    link.port.close();
    link.ring.end();
    // It may have rung and not posted any more; others then thought that this thread was woken already.
    this.#woken();
  }

  /** Ends all links: nothing is read any more. */
  close(): void {
    for (const { port } of this.#open.values()) port.close();
    this.#open.clear();
  }

  /**
   * Reads what has come, and sleeps when that was nothing. First the bell is answered, then looked: what rings from now on
   * posts again. After something has come it looks once more in the next turn: a peer that is busy writes again, and to
   * wake a thread costs both sides more than that look.
   */
  #look(): void {
    this.#bell.answer();
    this.#shard.peers.poll();
    if (this.#isLookDue) return;
    for (const { ring } of this.#open.values()) ring.sleep();
  }

  #woken(): void {
    if (!this.#isLookDue) this.#look();
  }

  #poll(ring: RingLink): boolean {
    const hadSomething = ring.poll();
    if (hadSomething) this.#lookSoon();
    return hadSomething;
  }

  #lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    setImmediate(() => {
      this.#isLookDue = false;
      this.#look();
    });
  }
}
