import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthenticationRequest } from '@nanomq-ts/core';
import { type Authenticator, IGNORE, type Verdict } from '../authenticator.ts';
import { refuseCredentials } from '../authenticator-chain.ts';
import { Reason } from '../reason-code.ts';
import { HashQueueFull, type HashWorkers } from './hash-workers.ts';
import { derive, type StoredPassword } from './stored-password.ts';
import type { User, UserList } from './user-list.ts';
import type { VerifiedCache } from './verified-cache.ts';

type Hashed = Exclude<StoredPassword, { kind: 'plain' }>;

/** What the check of passwords stands on. */
export interface PasswordParts {
  readonly workers: HashWorkers;
  readonly cache: VerifiedCache;
  readonly nowMs: () => number;
}

/**
 * User name and password against the list. A user that is not in it is for the next authenticator, after as much work
 * as a user of the list would have cost: the time of an answer does not tell who is there.
 */
export class PasswordAuthenticator implements Authenticator {
  readonly name = 'password';
  readonly #users: UserList;
  readonly #decoys: readonly User[];
  readonly #parts: PasswordParts;
  readonly #key = randomBytes(32);

  constructor(users: UserList, parts: PasswordParts) {
    this.#users = users;
    this.#decoys = [...users.values()];
    this.#parts = parts;
  }

  authenticate({ connect }: AuthenticationRequest): Verdict | Promise<Verdict> {
    const { username, password } = connect;
    if (username === undefined) return IGNORE;
    const known = this.#users.get(username);
    if (password === undefined || password.length === 0)
      return known === undefined ? IGNORE : refuseCredentials(connect);
    const user = known ?? this.#decoyFor(username);
    if (user === undefined) return IGNORE;
    const settled = (isGood: boolean): Verdict => {
      if (known === undefined) return IGNORE;
      return isGood ? { kind: 'admit', username, isListed: true } : refuseCredentials(connect);
    };
    const { stored } = user;
    if (stored.kind === 'plain') return settled(this.#isSame(password, Buffer.from(stored.text, 'utf8')));
    const { cache, nowMs } = this.#parts;
    const key = cache.keyOf([user.username, password, user.entry]);
    // For a decoy, too, a quick answer would tell: somebody of the list has this password.
    if (known !== undefined && cache.has(key, nowMs())) return settled(true);
    return this.#checkHash(stored, password, key, settled);
  }

  /** A user of the list in place of one who is not, the same one each time for the same name. */
  #decoyFor(username: string): User | undefined {
    if (this.#decoys.length === 0) return undefined;
    const number = createHmac('sha256', this.#key).update(username, 'utf8').digest().readUInt32BE(0);
    return this.#decoys[number % this.#decoys.length];
  }

  /** @param key  of the cache, for a password that is good */
  #checkHash(stored: Hashed, password: Buffer, key: string, settled: (isGood: boolean) => Verdict): Promise<Verdict> {
    const { cache, workers, nowMs } = this.#parts;
    return derive(stored, password, workers).then(
      (hash) => {
        const isGood = hash.length === stored.hash.length && timingSafeEqual(hash, stored.hash);
        const verdict = settled(isGood);
        if (isGood && verdict.kind === 'admit') cache.add(key, nowMs());
        return verdict;
      },
      (error: unknown) => {
        if (error instanceof HashQueueFull) return { kind: 'refuse', reasonCode: Reason.ServerBusy } as const;
        throw error;
      },
    );
  }

  /** In a time that depends on neither, their lengths included. */
  #isSame(a: Buffer, b: Buffer): boolean {
    const digest = (bytes: Buffer) => createHmac('sha256', this.#key).update(bytes).digest();
    return timingSafeEqual(digest(a), digest(b));
  }
}
