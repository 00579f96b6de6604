/** Time and turns, as the platform gives them. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  nowMs(): number;
  /** Calls back once, after the input that is ready now has been read. */
  afterTurn(callback: () => void): void;
  /** Calls back again and again; returns what stops it. Does not keep a process alive. */
  every(intervalMs: number, callback: () => void): () => void;
}
