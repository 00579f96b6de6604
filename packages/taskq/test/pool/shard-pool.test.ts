import { type Clock, type Logger, MemoryStore, OpenAccess, type Placement, Shard, ShardAdmin } from '@nanomq-ts/core';
import { TEST_SHARD_OPTIONS } from '@nanomq-ts/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  DirectDirectory,
  DirectoryClient,
  GatheredShards,
  HUB_ID,
  PoolHub,
  SessionDirectory,
  ShardDoor,
  ShardPool,
  type ShardThread,
  type ThreadSeat,
} from '../../src/index.ts';

/** A clock whose turns end by themselves, and whose intervals the test lets pass. */
class SteppedClock implements Clock {
  #nowMs = 1_700_000_000_000;
  /** Intervals that were stopped again after they had been. */
  stoppedTwice = 0;
  readonly #intervals = new Set<{ readonly ms: number; readonly callback: () => void; dueMs: number }>();

  nowMs(): number {
    return this.#nowMs;
  }

  afterTurn(callback: () => void): void {
    setImmediate(callback);
  }

  every(ms: number, callback: () => void): () => void {
    const interval = { ms, callback, dueMs: this.#nowMs + ms };
    this.#intervals.add(interval);
    return () => {
      if (!this.#intervals.delete(interval)) this.stoppedTwice++;
    };
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const interval of [...this.#intervals]) {
      if (interval.dueMs > this.#nowMs) continue;
      interval.dueMs = this.#nowMs + interval.ms;
      interval.callback();
    }
  }
}

const SILENT: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** What the worker threads do, in this one: a shard behind the ports of its seat. */
class SeatedShard implements ShardThread {
  readonly id: Placement;
  readonly shard: Shard;
  readonly directory: DirectoryClient;
  readonly #seat: ThreadSeat<null>;
  #tellEnded: ((error: Error | null) => void) | null = null;

  constructor(seat: ThreadSeat<null>, clock: Clock, listen: (shardId: Placement) => Promise<readonly string[]>) {
    this.id = seat.shardId;
    this.#seat = seat;
    this.directory = new DirectoryClient(seat.directory, clock);
    this.shard = shardWith(clock, this.id, this.directory);
    new ShardDoor<null, null, string, string>(seat, clock).serve({
      shard: this.shard,
      admin: new ShardAdmin(this.shard, clock),
      listen: () => listen(this.id),
      listenerViews: async () => [],
      prepare: async () => ({ held: [], commit() {}, discard: async () => {} }),
      close: async () => this.shard.close(),
    });
  }

  onEnded(listener: (error: Error | null) => void): void {
    this.#tellEnded = listener;
  }

  async terminate(): Promise<void> {
    this.end(null);
  }

  end(error: Error | null): void {
    this.#seat.orders.close();
    this.#seat.directory.close();
    this.#tellEnded?.(error);
    this.#tellEnded = null;
  }
}

function shardWith(clock: Clock, shardId: Placement, directory: DirectDirectory | DirectoryClient): Shard {
  return new Shard({
    options: TEST_SHARD_OPTIONS,
    access: new OpenAccess(true),
    store: new MemoryStore(),
    clock,
    logger: SILENT,
    cluster: { shardId, directory },
  });
}

async function startedPool(canReplace: boolean, maxSize = 2) {
  const clock = new SteppedClock();
  const directory = new SessionDirectory();
  const hub = shardWith(clock, HUB_ID, new DirectDirectory(directory, HUB_ID));
  const links = new PoolHub(hub);
  const shards = new GatheredShards(new ShardAdmin(hub, clock));
  const threads: SeatedShard[] = [];
  const listen = vi.fn(async (shardId: Placement): Promise<readonly string[]> => [`address ${shardId}`]);
  const doorsFor = vi.fn((_id: Placement, _addresses: readonly string[], _replaced: Placement | null) => null);
  const lost = vi.fn();
  const pool = new ShardPool<null, null, string, string>({
    hub: links,
    directory,
    shards,
    startThread: (seat) => {
      const thread = new SeatedShard(seat, clock, listen);
      threads.push(thread);
      return thread;
    },
    settings: null,
    doorsFor,
    clock,
    logger: SILENT,
    size: 2,
    maxSize,
    canReplace,
    lost,
  });
  onTestFinished(async () => {
    await pool.close();
    links.close();
  });
  expect(await pool.start()).toEqual(['address 1']);
  const ids = () => shards.all.map(({ id }) => id);
  return { clock, directory, hub, pool, shards, threads, listen, doorsFor, lost, ids };
}

/** Settles when all that shards have to do has been done. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
}

/** So many seconds pass, and each shard tells how busy it was. */
async function pulse(clock: SteppedClock, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    clock.advance(1000);
    await settled();
  }
}

const dies = (thread: SeatedShard | undefined) => thread?.end(new Error('on purpose'));

describe('ShardPool', () => {
  it('replaces a shard that dies: the newcomer takes its place and knows what was before it', async () => {
    const { directory, hub, shards, threads, doorsFor, lost, ids } = await startedPool(true);
    const [first, second] = threads as [SeatedShard, SeatedShard];
    first.shard.publish('of/1', Buffer.from('x'), { retain: true });
    second.shard.publish('of/2', Buffer.from('x'), { retain: true });
    expect(await Promise.all([first.directory.claim('a'), second.directory.claim('b')])).toEqual([1, 2]);
    await expect.poll(() => hub.retained.size).toBe(2);
    dies(first);
    expect([directory.holderOf('a'), directory.holderOf('b')]).toEqual([undefined, 2]);
    await expect.poll(ids).toEqual([2, 3]);
    expect(doorsFor.mock.calls.at(-1)).toEqual([3, ['address 1'], 1]);
    expect(threads[2]?.shard.retained.size).toBe(2);
    expect([hub, second.shard].map(({ peers }) => peers.all.map(({ id }) => id))).toEqual([
      [2, 3],
      [HUB_ID, 3],
    ]);
    expect(await shards.figures()).toMatchObject({ shards: 2, shardsLost: 1 });
    expect(lost).not.toHaveBeenCalled();
  });

  it('waits before it replaces one that dies soon after another did', async () => {
    const { clock, threads, ids } = await startedPool(true);
    dies(threads[0]);
    await expect.poll(ids).toEqual([2, 3]);
    dies(threads[2]);
    await settled();
    expect(threads).toHaveLength(3);
    clock.advance(5000);
    await expect.poll(ids).toEqual([2, 4]);
    clock.advance(5000);
    expect(threads).toHaveLength(4);
  });

  it('tries again when the newcomer cannot listen, and lets nothing of it stay', async () => {
    const { clock, threads, listen, hub, ids } = await startedPool(true);
    listen.mockRejectedValueOnce(new Error('no room'));
    dies(threads[1]);
    await expect.poll(() => threads.length).toBe(3);
    await expect.poll(() => hub.peers.all.map(({ id }) => id)).toEqual([1]);
    expect(ids()).toEqual([1]);
    clock.advance(5000);
    await expect.poll(ids).toEqual([1, 4]);
  });

  it('begins anew when a shard dies that had not told the newcomer everything', async () => {
    const { clock, hub, threads, ids } = await startedPool(true);
    const [first, second] = threads as [SeatedShard, SeatedShard];
    second.shard.publish('of/2', Buffer.from('x'), { retain: true });
    await expect.poll(() => hub.retained.size).toBe(1);
    // As if the way to the newcomer were full.
    second.shard.peers.commit = () => {};
    dies(first);
    await settled();
    dies(second);
    await settled();
    expect(ids()).toEqual([]);
    clock.advance(5000);
    await expect.poll(ids).toEqual([4, 5]);
    expect(threads.slice(3).map(({ shard }) => shard.retained.size)).toEqual([1, 1]);
  });

  it('lets one newcomer fail alone, though another one is being joined to it', async () => {
    const { clock, threads, listen, ids } = await startedPool(true);
    const [first, second] = threads as [SeatedShard, SeatedShard];
    let fail = () => {};
    listen.mockImplementationOnce(() => new Promise((_, reject) => (fail = () => reject(new Error('no room')))));
    dies(first);
    await settled();
    // It answers the next one nothing.
    const { peers } = (threads[2] as SeatedShard).shard;
    peers.poll = peers.commit = () => {};
    dies(second);
    clock.advance(5000);
    await settled();
    expect([ids(), threads.length]).toEqual([[], 4]);
    fail();
    await expect.poll(ids).toEqual([4]);
    clock.advance(5000);
    await expect.poll(ids).toEqual([4, 5]);
  });

  it('keeps nothing of waits that are over', async () => {
    const { clock, pool, threads, ids } = await startedPool(true);
    dies(threads[0]);
    await expect.poll(ids).toEqual([2, 3]);
    dies(threads[1]);
    clock.advance(5000);
    await expect.poll(ids).toEqual([3, 4]);
    await pool.close();
    expect(clock.stoppedTwice).toBe(0);
  });

  it('grows when all are busy, but not into the place of one that is to be replaced', async () => {
    const busy = vi.spyOn(performance, 'eventLoopUtilization').mockReturnValue({ idle: 0, active: 1, utilization: 1 });
    onTestFinished(() => busy.mockRestore());
    const { clock, threads, doorsFor, ids } = await startedPool(true, 3);
    await pulse(clock, 11);
    await expect.poll(ids).toEqual([1, 2, 3]);
    doorsFor.mockImplementation((_id, _addresses, replaced) => {
      if (replaced !== null) throw new Error('no place');
      return null;
    });
    dies(threads[0]);
    await pulse(clock, 24);
    expect(ids()).toEqual([2, 3]);
    doorsFor.mockImplementation(() => null);
    await pulse(clock, 24);
    expect(ids()).toEqual([2, 3, threads.at(-1)?.id]);
  });

  it('tells that the broker is lost where a shard cannot be replaced', async () => {
    const { threads, lost, ids } = await startedPool(false);
    dies(threads[0]);
    expect(lost).toHaveBeenCalledOnce();
    await settled();
    expect([ids(), threads.length]).toEqual([[2], 2]);
  });
});
