import { MessageChannel } from 'node:worker_threads';
import type { Clock, Placement } from '@nanomq-ts/core';
import { serveDirectory } from '../directory/serve-directory.ts';
import type { SessionDirectory } from '../directory/session-directory.ts';
import { ANSWER_LIMIT_MS, RemoteAdmin, shardTimeout } from '../gather/remote-admin.ts';
import { type CallLimit, CallPort } from '../host/call-port.ts';
import type { PeerLink } from '../host/peer-link.ts';
import type { ShardNews, ShardOrder } from '../host/shard-order.ts';
import { type BellMemory, createBell } from '../ring.ts';
import type { PoolMember } from './pool-member.ts';
import type { ShardThread, StartThread } from './shard-thread.ts';

/** Checking a configuration may read files and hash passwords. Milliseconds. */
const PREPARE_LIMIT_MS = 10_000;

/** Longer than the shard itself waits for its connections, shorter than the process waits for all. Milliseconds. */
const CLOSE_LIMIT_MS = 3500;

/** What the main thread's end of a shard stands on. */
export interface WorkerShardParts<Settings> {
  readonly id: Placement;
  readonly settings: Settings;
  readonly startThread: StartThread<Settings>;
  readonly directory: SessionDirectory;
  readonly clock: Clock;
  /** What the shard tells; events go to `admin` and do not come here. */
  readonly told: (news: Exclude<ShardNews, { kind: 'event' }>) => void;
  /** The thread has ended. By then the directory has dropped what it held, and all that was asked has been refused. */
  readonly ended: (error: Error) => void;
}

/** A shard in a worker thread, as the main thread commands it. */
export class WorkerShard<Settings, Doors, Address, View> implements PoolMember {
  readonly id: Placement;
  readonly bell: BellMemory = createBell();
  readonly admin: RemoteAdmin;
  readonly #thread: ShardThread;
  readonly #port: CallPort<never, ShardNews, ShardOrder<Settings, Doors>, never>;
  readonly #stopDirectory: () => void;
  readonly #parts: WorkerShardParts<Settings>;
  #hasEnded = false;

  constructor(parts: WorkerShardParts<Settings>) {
    const { id, settings, startThread, directory, clock } = parts;
    this.id = id;
    this.#parts = parts;
    const orders = new MessageChannel();
    const claims = new MessageChannel();
    this.#port = new CallPort(orders.port1, clock, { asked: () => {}, told: (news: ShardNews) => this.#told(news) });
    this.#stopDirectory = serveDirectory(claims.port1, directory, id);
    this.admin = new RemoteAdmin((question) => this.#ask({ kind: 'admin', question }, ANSWER_LIMIT_MS));
    const seat = { shardId: id, settings, bell: this.bell, orders: orders.port2, directory: claims.port2 };
    this.#thread = startThread(seat);
    this.#thread.onEnded((error) => this.#threadEnded(error));
  }

  join(link: PeerLink): Promise<void> {
    return this.#port.ask({ kind: 'join', link }, undefined, [link.port]);
  }

  peerGone(peerId: Placement): void {
    this.#order({ kind: 'peerGone', peerId });
  }

  listen(doors: Doors): Promise<readonly Address[]> {
    return this.#port.ask({ kind: 'listen', doors });
  }

  listenerViews(): Promise<readonly View[]> {
    return this.#ask({ kind: 'listenerViews' }, ANSWER_LIMIT_MS);
  }

  /** @returns names of what has to wait for a restart. Rejects when the settings cannot be used */
  prepare(settings: Settings): Promise<readonly string[]> {
    return this.#ask({ kind: 'prepare', settings }, PREPARE_LIMIT_MS);
  }

  commit(): void {
    this.#order({ kind: 'commit' });
  }

  discard(): Promise<void> {
    return this.#ask({ kind: 'discard' }, PREPARE_LIMIT_MS);
  }

  /** Ends its connections; settles when they are gone, or when that takes too long. The thread goes on. */
  async close(): Promise<void> {
    await this.#ask({ kind: 'close' }, CLOSE_LIMIT_MS).catch(() => undefined);
  }

  /** Ends the thread. */
  terminate(): Promise<void> {
    return this.#thread.terminate();
  }

  #ask<Answer>(order: ShardOrder<Settings, Doors>, timeoutMs: number): Promise<Answer> {
    const limit: CallLimit = { timeoutMs, timeout: () => shardTimeout(this.id) };
    return this.#port.ask(order, limit);
  }

  /** An order that cannot fail save by an error nobody expects, or because the thread has ended: then `ended` tells. */
  #order(order: ShardOrder<Settings, Doors>): void {
    this.#port.ask(order).catch((err: unknown) => {
      if (!this.#hasEnded) {
        const fields = { err, order: order.kind };
        this.#parts.told({ kind: 'line', level: 'error', fields, text: 'an order failed' });
      }
    });
  }

  #told(news: ShardNews): void {
    if (news.kind === 'event') this.admin.eventTold(news.event);
    else this.#parts.told(news);
  }

  #threadEnded(cause: Error | null): void {
    this.#hasEnded = true;
    const error = cause ?? new Error(`the thread of shard ${this.id} has ended`);
    this.#stopDirectory();
    this.#parts.directory.gone(this.id);
    this.#port.close(error);
    this.#parts.ended(error);
  }
}
