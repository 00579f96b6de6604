import { connect, type Socket } from 'node:net';
import { type FrameSink, FrameSplitter } from './frame-splitter.ts';

// One buffer for every connection of the thread: a read is parsed before the next one starts. 256 KiB measured best
// between cache misses (larger) and system calls (smaller).
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);
// Small, for ten thousand idle connections need none; it doubles.
const CONTROL_BYTES = 64;

/** Owner of a load socket: takes its frames and hears of its turns. */
export interface LoadSocketOwner extends FrameSink {
  /** All frames of one chunk have been given to `frame`. */
  chunkEnded(): void;
  /** Everything written has left the process. */
  drained(): void;
  /** The connection broke, or the broker closed it. */
  failed(error: Error): void;
}

/** Where a load socket connects to, and from which loopback address. */
export interface LoadSocketAddress {
  readonly port: number;
  readonly localAddress?: string;
}

/** A TCP connection written for speed: shared read buffer, small control frames gathered into one write. */
export class LoadSocket {
  readonly #socket: Socket;
  #control = Buffer.allocUnsafeSlow(CONTROL_BYTES);
  #controlLength = 0;
  #isClosing = false;

  constructor(address: LoadSocketAddress, owner: LoadSocketOwner) {
    const splitter = new FrameSplitter(owner);
    const onChunk = (length: number, bytes: Uint8Array): boolean => {
      splitter.feed(bytes, length);
      owner.chunkEnded();
      return true;
    };
    // A high-water mark of one byte makes every write end with 'drain': net has no cheaper news of a finished write.
    const options = { writableHighWaterMark: 1, noDelay: true, onread: { buffer: readBuffer, callback: onChunk } };
    this.#socket = connect({ host: '127.0.0.1', ...address, ...options });
    this.#socket.on('drain', () => owner.drained());
    this.#socket.on('error', (error) => owner.failed(error));
    this.#socket.on('close', () => {
      if (!this.#isClosing) owner.failed(new Error('connection closed by the broker'));
    });
  }

  /** True while bytes handed over earlier still wait: their memory must not be changed. */
  get isBlocked(): boolean {
    return this.#socket.writableLength > 0;
  }

  /** Writes now. @returns true when the kernel took it all, so that the memory is the caller's again */
  write(bytes: Uint8Array): boolean {
    this.#socket.write(bytes);
    return !this.isBlocked;
  }

  /** Gathers a four-byte acknowledgement until `flushControl`. */
  acknowledge(firstByte: number, packetIdHigh: number, packetIdLow: number): void {
    let at = this.#controlLength;
    if (at + 4 > this.#control.length) this.#growControl();
    const control = this.#control;
    control[at++] = firstByte;
    control[at++] = 2;
    control[at++] = packetIdHigh;
    control[at++] = packetIdLow;
    this.#controlLength = at;
  }

  flushControl(): void {
    if (this.#controlLength === 0) return;
    const isFree = this.write(this.#control.subarray(0, this.#controlLength));
    // Bytes the kernel did not take yet belong to the socket: go on with other memory.
    if (!isFree) this.#control = Buffer.allocUnsafeSlow(this.#control.length);
    this.#controlLength = 0;
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #growControl(): void {
    const larger = Buffer.allocUnsafeSlow(this.#control.length * 2);
    larger.set(this.#control.subarray(0, this.#controlLength));
    this.#control = larger;
  }
}
