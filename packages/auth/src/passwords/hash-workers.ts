import { pbkdf2, scrypt } from 'node:crypto';

/** Parameters of scrypt. */
export interface ScryptCost {
  readonly costLog2: number;
  readonly blockSize: number;
  readonly parallelism: number;
}

/** Too many clients wait for their passwords to be checked. */
export class HashQueueFull extends Error {
  constructor() {
    super('too many passwords wait to be checked');
    this.name = 'HashQueueFull';
  }
}

/** Node has four threads for such work by default, and files and names are looked up by the same four. */
const DEFAULT_AT_ONCE = 3;
/** At 60 ms each the last of them waits 20 s, longer than a client has for its CONNECT. */
const DEFAULT_WAITING = 1000;

/** Derives keys on Node's threads, a few at once; more wait, and above a limit are refused. */
export class HashWorkers {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number = DEFAULT_AT_ONCE, maxWaiting: number = DEFAULT_WAITING) {
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** Keys being derived. */
  get running(): number {
    return this.#running;
  }

  /** @throws HashQueueFull (rejects) */
  scrypt(password: Buffer, salt: Buffer, bytes: number, cost: ScryptCost): Promise<Buffer> {
    const N = 2 ** cost.costLog2;
    const r = cost.blockSize;
    const p = cost.parallelism;
    // What the algorithm needs, and room for its bookkeeping.
    const maxmem = 128 * r * (N + p) + 1024 * 1024;
    return this.#run((done) => scrypt(password, salt, bytes, { N, r, p, maxmem }, done));
  }

  /** HMAC-SHA-512. @throws HashQueueFull (rejects) */
  pbkdf2(password: Buffer, salt: Buffer, iterations: number, bytes: number): Promise<Buffer> {
    return this.#run((done) => pbkdf2(password, salt, iterations, bytes, 'sha512', done));
  }

  async #run(start: (done: (error: Error | null, key: Buffer) => void) => void): Promise<Buffer> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#maxWaiting) throw new HashQueueFull();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        start((error, key) => (error === null ? resolve(key) : reject(error)));
      });
    } finally {
      // The place goes to the next one straight away, so that nobody can come between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
