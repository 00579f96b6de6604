/** Limits against clients that mean harm. 0 = off or unlimited; all of them may change while the shard runs. */
export interface LimitOptions {
  /** Network connections from one address (IPv6: from one /64), CONNECT seen or not; more are closed at once. */
  readonly maxConnectionsPerAddress: number;
  /**
   * Network connections that have no CONNACK yet. One more takes the place of the oldest that has not said CONNECT
   * for a second, or is closed at once where there is none.
   */
  readonly maxHandshakes: number;
  /** PUBLISH packets a second from one client, on average; above, the reading of that client pauses. */
  readonly maxMessagesPerSecond: number;
  /** Bytes a second from one client, on average; above, the reading of that client pauses. */
  readonly maxBytesPerSecond: number;
  /** So many disconnections of a client identifier within `flappingWindowMs` ban it for `flappingBanMs`. */
  readonly flappingDisconnects: number;
  readonly flappingWindowMs: number;
  readonly flappingBanMs: number;
  /** When the event loop is later than this, new connections wait until it is not. */
  readonly maxLoopDelayMs: number;
  /** Lines about one client or address are logged once in this time; 0 = every one. */
  readonly denialLogIntervalMs: number;
}

/** What holds for a limit that the options do not name. */
export const DEFAULT_LIMITS: LimitOptions = {
  maxConnectionsPerAddress: 0,
  maxHandshakes: 0,
  maxMessagesPerSecond: 0,
  maxBytesPerSecond: 0,
  flappingDisconnects: 0,
  flappingWindowMs: 60_000,
  flappingBanMs: 300_000,
  maxLoopDelayMs: 0,
  denialLogIntervalMs: 10_000,
};

/** The limit of this name now. */
export function limitOf(options: Partial<LimitOptions>, name: keyof LimitOptions): number {
  return options[name] ?? DEFAULT_LIMITS[name];
}
