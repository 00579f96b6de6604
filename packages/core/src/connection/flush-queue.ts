import type { OutBuffer } from './out-buffer.ts';

/** The out-buffers that got bytes in this turn. Each is written once when the turn ends. */
export class FlushQueue {
  #dirty: OutBuffer[] = [];
  #flushing: OutBuffer[] = [];

  /** Enters an out-buffer, which sees to it that it comes once a turn. */
  push(outBuffer: OutBuffer): void {
    this.#dirty.push(outBuffer);
  }

  /** Writes each once, in the order they came. What is entered meanwhile waits for the next flush. */
  flush(): void {
    const list = this.#dirty;
    this.#dirty = this.#flushing;
    this.#flushing = list;
    for (let i = 0; i < list.length; i++) (list[i] as OutBuffer).flush();
    list.length = 0;
  }
}
