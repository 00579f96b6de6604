const DEFAULT_FAILURES = 5;
const DEFAULT_OPEN_MS = 10_000;

/**
 * Spares a server that does not answer, and the clients that would wait for it: after some failures in a row nobody is
 * sent there for a while, then one request tries.
 */
export class CircuitBreaker {
  readonly #failuresAllowed: number;
  readonly #openMs: number;
  #failures = 0;
  #openUntilMs = 0;
  #isTrying = false;

  constructor(failuresAllowed: number = DEFAULT_FAILURES, openMs: number = DEFAULT_OPEN_MS) {
    this.#failuresAllowed = failuresAllowed;
    this.#openMs = openMs;
  }

  /** Whether a request may go out now; whoever goes tells `succeeded` or `failed`. */
  mayGo(nowMs: number): boolean {
    if (this.#failures < this.#failuresAllowed) return true;
    if (nowMs < this.#openUntilMs || this.#isTrying) return false;
    this.#isTrying = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isTrying = false;
  }

  /** @returns true when nobody is sent there from now on, having been so far */
  failed(nowMs: number): boolean {
    this.#failures++;
    this.#isTrying = false;
    if (this.#failures < this.#failuresAllowed) return false;
    this.#openUntilMs = nowMs + this.#openMs;
    return this.#failures === this.#failuresAllowed;
  }
}
