/** What a ban goes by. `address`: one IPv4 address, or the /64 of an IPv6 address. */
export type BanKind = 'clientid' | 'username' | 'address';

/** Who may not connect. */
export interface BanView {
  readonly kind: BanKind;
  readonly value: string;
  /** '' = none was given. Never shown to the client. */
  readonly reason: string;
  /** Milliseconds since 1970; null = for good. */
  readonly untilMs: number | null;
}

/** The ban list of the whole broker. It is kept in memory and outlives a restart inside the process. */
export interface BanPort {
  /** Those that hold now, oldest first. */
  bans(): Promise<readonly BanView[]>;
  /**
   * Adds or replaces, and disconnects (0x98) who is banned now.
   * @returns how many were disconnected; `full` when the list takes no more
   */
  add(ban: BanView): Promise<{ readonly disconnected: number } | 'full'>;
  remove(kind: BanKind, value: string): Promise<'removed' | 'unknown'>;
}
