import type { Access, ShardParts, Store } from '@nanomq-ts/core';
import { type RandomSource, ShardHarness } from '@nanomq-ts/testkit';

/** What the core does at once and what it has to wait for. */
export const SHARD_KINDS = ['plain', 'asynchronous access', 'late commits'] as const;

/** A kind of the list above. */
export type ShardKind = (typeof SHARD_KINDS)[number];

/** Small tables, so that they are full soon and what grows beyond them shows. */
const SMALL = {
  routeCacheEntries: 256,
  maxRetainedMessages: 64,
  maxRetainedBytes: 64 * 1024,
  receiveMaximum: 16,
  maxAwaitingRel: 64,
  queueLimitMessages: 64,
  maxInflightMessages: 8,
  maxOutBufferBytes: 4096,
  maxSubscriptions: 16,
} as const;

/** Answers late, now and then with a refusal or an error. */
class LateAccess implements Access {
  readonly checksPublish = true;
  readonly #random: RandomSource;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  authenticate(): number | Promise<number> {
    return this.#answer();
  }

  publish(): number | Promise<number> {
    return this.#answer();
  }

  subscribe(): number | Promise<number> {
    return this.#answer();
  }

  #answer(): number | Promise<number> {
    const code = this.#random.chance(1, 8) ? 0x87 : 0;
    return this.#random.chance(1, 2) ? code : Promise.resolve(code);
  }
}

/** Counts what is handed over like a store that writes, and commits when it is told to. */
class LateStore implements Store {
  handedOver = 0;
  committed = 0;
  #listener: () => void = () => {};

  messageAdded(): void {
    this.handedOver++;
  }

  subscriptionSaved(): void {
    this.handedOver++;
  }

  sessionSaved(): void {}
  sessionRemoved(): void {}
  subscriptionRemoved(): void {}
  messageRemoved(): void {}
  inboundIdAdded(): void {}
  inboundIdRemoved(): void {}
  retainedSaved(): void {}
  retainedRemoved(): void {}

  onCommitted(listener: () => void): void {
    this.#listener = listener;
  }

  commit(): void {
    this.committed = this.handedOver;
    this.#listener();
  }
}

/** A shard under fuzzing: what it must never log is kept, nothing else is. */
export class FuzzedShard {
  readonly harness: ShardHarness;
  readonly errors: string[] = [];
  readonly #store = new LateStore();

  constructor(kind: ShardKind, random: RandomSource) {
    const silent = () => {};
    const error = ({ err, ...fields }: Readonly<Record<string, unknown>>, text: string) =>
      void this.errors.push(`${text} ${JSON.stringify(fields)} ${err instanceof Error ? err.stack : String(err)}`);
    const parts: Partial<ShardParts> = {
      logger: { trace: silent, debug: silent, info: silent, warn: silent, error },
      ...(kind === 'asynchronous access' && { access: new LateAccess(random) }),
      ...(kind === 'late commits' && { store: this.#store }),
    };
    this.harness = new ShardHarness(SMALL, parts);
  }

  /** Makes everything that was handed to a late store safe. */
  commit(): void {
    this.#store.commit();
  }
}
