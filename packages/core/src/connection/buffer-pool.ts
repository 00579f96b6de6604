/**
 * Capacities of pooled out-buffers, in bytes. The largest holds what one read of a socket brings: made anew for each
 * read, such buffers drive V8 to collect its whole heap again and again. Measured with pairs of 16 KiB, window 50
 * (mqload.c): 12.5 to 4.2 µs of CPU a message.
 */
const CLASS_BYTES = [1024, 4 * 1024, 16 * 1024, 32 * 1024, 64 * 1024, 128 * 1024, 256 * 1024] as const;
/** Bytes kept for reuse in each class: a turn that fans out to some hundred receivers must not allocate. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** The largest pooled capacity, in bytes. */
export const LARGEST_POOLED_BYTES = CLASS_BYTES[6];

/**
 * Out-buffers for connections that have something to send. A connection holds one only while it has bytes
 * waiting, so that an idle connection costs no buffer.
 */
export class BufferPool {
  readonly #free: Buffer[][] = CLASS_BYTES.map(() => []);

  /** A buffer of at least `bytes`; above the largest class it is made for the purpose and not pooled later. */
  take(bytes: number): Buffer {
    for (let i = 0; i < CLASS_BYTES.length; i++) {
      if (bytes <= CLASS_BYTES[i]!) return this.#free[i]!.pop() ?? Buffer.allocUnsafeSlow(CLASS_BYTES[i]!);
    }
    return Buffer.allocUnsafeSlow(bytes);
  }

  /** Takes a buffer back, unless enough of its class are kept; nobody may use it afterwards. */
  give(buffer: Buffer): void {
    for (let i = 0; i < CLASS_BYTES.length; i++) {
      if (buffer.length === CLASS_BYTES[i]) {
        const free = this.#free[i]!;
        if (free.length * buffer.length < KEPT_BYTES) free.push(buffer);
        return;
      }
    }
  }
}
