/** What a ban goes by. `address` is one IPv4 address or the /64 of an IPv6 address. */
export type BanTarget = 'client_id' | 'username' | 'address';

/** Who may not connect. */
export interface Ban {
  readonly by: BanTarget;
  readonly value: string;
  /** Milliseconds since 1970; Infinity = for good. */
  readonly untilMs: number;
  /** For operators and logs; never shown to the client. */
  readonly reason: string;
}

/**
 * The bans in force. Asked once a network connection and once a CONNECT, so it answers at once from memory; keeping
 * them over a restart and sharing them between shards is the affair of whoever composes.
 */
export interface BanList {
  /** @returns the ban that holds at `nowMs`, or null */
  find(by: BanTarget, value: string, nowMs: number): Ban | null;
  /** Adds or replaces. @returns false when the list is full and the ban does not hold */
  add(ban: Ban, nowMs: number): boolean;
  /** @returns false when there was none */
  remove(by: BanTarget, value: string): boolean;
  /** The bans that hold at `nowMs`, oldest first. */
  list(nowMs: number): readonly Ban[];
}
