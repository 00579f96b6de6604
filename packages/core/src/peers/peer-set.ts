import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import type { BanTarget } from '../ports/ban-list.ts';
import type { Peer } from '../ports/peer.ts';
import type { Shard } from '../shard.ts';
import { PeerInput } from './peer-input.ts';
import { PeerPressure } from './peer-pressure.ts';

/** Reads what a peer has sent and hands it to its `PeerEvents`. @returns whether there was anything */
export type PollPeer = () => boolean;

interface JoinedPeer {
  readonly peer: Peer;
  readonly input: PeerInput;
  readonly poll: PollPeer;
}

/**
 * The other shards of the broker. With one shard it is empty and costs a comparison a chunk.
 *
 * Order is kept by two rules: what peers have sent is read before a chunk of a client is, and what is told to peers goes
 * off before a byte is written to a client. So whoever has an acknowledgement can rely on it on every shard.
 */
export class PeerSet {
  /** All of them, to be walked by whoever tells each the same. */
  readonly all: Peer[] = [];
  readonly pressure = new PeerPressure();
  readonly #shard: Shard;
  readonly #joined: JoinedPeer[] = [];
  /** Clients whose reading waits, and the peers that each waits for. */
  readonly #waiting = new Map<Connection, Set<Peer>>();
  /** Others that wait, and for which peers. */
  readonly #whenRoom = new Map<() => void, Set<Peer>>();
  #isPolling = false;
  #toldOnline = 0;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** Connections online on other shards. */
  get onlineElsewhere(): number {
    let count = 0;
    for (const { input } of this.#joined) count += input.onlineCount;
    return count;
  }

  /**
   * Another shard is there. `introduce` has to follow at once: what changes from now on is told to it.
   * @returns what its messages are to be handed to
   */
  join(peer: Peer, poll: PollPeer): PeerInput {
    const input = new PeerInput(this.#shard, peer);
    this.all.push(peer);
    this.#joined.push({ peer, input, poll });
    return input;
  }

  /**
   * Tells a peer that has joined what there is to know. Each shard tells the retained messages that came in on it: what is
   * on its way to others in this moment does not pass the newcomer by.
   * @param isHub  this shard tells those that nobody else will
   */
  introduce(peer: Peer, isHub: boolean): void {
    const { turn, interest, sessions, retained, guard, shardId } = this.#shard;
    const isToldHere = (origin: number) => origin === shardId || (isHub && this.find(origin) === undefined);
    turn.begin();
    interest?.introduceTo(peer);
    peer.onlineChanged(sessions.onlineCount);
    guard.introduceTo(peer);
    retained.announceTo((...message) => peer.retain(...message), isToldHere);
    peer.introduced();
  }

  /** Settles when the peer with this number has told everything that a newcomer has to know, or is gone. */
  async whenIntroduced(id: number): Promise<void> {
    await this.#joined.find(({ peer }) => peer.id === id)?.input.whenIntroduced();
  }

  find(id: number): Peer | undefined {
    return this.all.find((peer) => peer.id === id);
  }

  /** The peer is gone: called by its input. */
  left(peer: Peer): void {
    this.all.splice(this.all.indexOf(peer), 1);
    const at = this.#joined.findIndex((joined) => joined.peer === peer);
    this.#joined.splice(at, 1);
    this.roomAgain(peer);
  }

  /** Reads what has arrived. Does nothing when it is called from within. */
  poll(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      // Not `for of`: a peer may go while its messages are read.
      for (let i = 0; i < this.#joined.length; i++) {
        if ((this.#joined[i] as JoinedPeer).poll()) this.#shard.turn.begin();
      }
      // What peers cause here is not the fault of the client that is handled next.
      this.pressure.filled.clear();
    } finally {
      this.#isPolling = false;
    }
  }

  /** A ban was lifted, by this shard if `teller` is null. Who is about to introduce itself may not have heard of it. */
  unbanned(by: BanTarget, value: string, teller: PeerInput | null): void {
    for (const { input } of this.#joined) if (input !== teller) input.unbannedElsewhere(by, value);
  }

  /** Sends off what was told in this turn. */
  commit(): void {
    if (this.all.length === 0) return;
    const { onlineCount } = this.#shard.sessions;
    const isNew = onlineCount !== this.#toldOnline;
    this.#toldOnline = onlineCount;
    for (let i = 0; i < this.all.length; i++) {
      const peer = this.all[i] as Peer;
      if (isNew) peer.onlineChanged(onlineCount);
      peer.commit();
    }
  }

  /** A chunk of this client was handled: if it filled ways to peers, the client's reading waits for those. */
  chunkHandled(connection: Connection): void {
    const { filled } = this.pressure;
    if (filled.size === 0) return;
    const peers = [...filled];
    filled.clear();
    this.#wait(connection, peers);
  }

  /** The peer takes more, or is gone. */
  roomAgain(peer: Peer): void {
    for (const connection of readyIn(this.#waiting, peer)) connection.peersReady();
    for (const resolve of readyIn(this.#whenRoom, peer)) resolve();
  }

  /** Null when what was told goes off with this turn; else settles when all of it has gone off, or its peer is gone. */
  whenRoom(): Promise<void> | null {
    const full = this.all.filter((peer) => peer.isFull);
    return full.length === 0 ? null : new Promise((resolve) => this.#whenRoom.set(resolve, new Set(full)));
  }

  /** The connection has ended. */
  forget(connection: Connection): void {
    this.#waiting.delete(connection);
  }

  #wait(connection: Connection, peers: readonly Peer[]): void {
    if (connection.state === ConnectionState.Ended) return;
    this.#waiting.set(connection, new Set([...(this.#waiting.get(connection) ?? []), ...peers]));
    connection.isAwaitingPeers = true;
    connection.transport.pause();
  }
}

/** Takes out those that waited for this peer last. All at once: who goes on may fill the way again. */
function readyIn<Waiting>(waiting: Map<Waiting, Set<Peer>>, peer: Peer): readonly Waiting[] {
  const ready = [...waiting].filter(([, peers]) => peers.delete(peer) && peers.size === 0).map(([who]) => who);
  for (const who of ready) waiting.delete(who);
  return ready;
}
