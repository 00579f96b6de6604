import type { Shard } from '@nanomq-ts/core';
import { createRing, RingLink } from '@nanomq-ts/taskq';
import type { FakeClock } from '../fake-clock.ts';

/** Room for bytes in each ring: small, so that tests come to its end. */
const RING_BYTES = 16 * 1024;

/** One end of the way between two shards. */
export interface JoinedLink {
  readonly ownId: number;
  readonly peerId: number;
  readonly link: RingLink;
}

/**
 * Makes shards of this thread peers of each other over rings, as worker threads are. A shard that is woken polls at the
 * end of the clock's turn.
 * @returns the ends of the ways, each with the numbers of its two shards
 */
export function joinInProcess(shards: readonly Shard[], clock: FakeClock): readonly JoinedLink[] {
  const links: JoinedLink[] = [];
  const rings = shards.map(() => shards.map(() => createRing(RING_BYTES)));
  const wakes = shards.map((shard) => wakeFor(shard, clock));
  shards.forEach((shard, own) => {
    shards.forEach((_, other) => {
      if (other === own) return;
      const link = new RingLink({
        peerId: shards[other]?.shardId as number,
        outgoing: rings[own]?.[other] as ReturnType<typeof createRing>,
        incoming: rings[other]?.[own] as ReturnType<typeof createRing>,
        wakePeer: wakes[other] as () => void,
        wakeSelf: wakes[own] as () => void,
      });
      const poll = (): boolean => {
        const hadSomething = link.poll();
        link.sleep();
        return hadSomething;
      };
      link.attach(shard.peers.join(link.peer, poll));
      links.push({ ownId: shard.shardId, peerId: link.peer.id, link });
    });
  });
  for (const shard of shards) for (const peer of shard.peers.all) shard.peers.introduce(peer, shard === shards[0]);
  while (clock.runTurn());
  return links;
}

/** One poll for any number of calls in a turn. */
function wakeFor(shard: Shard, clock: FakeClock): () => void {
  let isWoken = false;
  return () => {
    if (isWoken) return;
    isWoken = true;
    clock.afterTurn(() => {
      isWoken = false;
      shard.peers.poll();
    });
  };
}
