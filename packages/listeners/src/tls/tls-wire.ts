import type { TLSSocket } from 'node:tls';
import type { Wire, WireSink } from '../entry/wire-transport.ts';
import type { WriteQueue } from '../entry/write-queue.ts';

/** MQTT right in TLS. */
export class TlsWire implements Wire {
  readonly #socket: TLSSocket;
  readonly #queue: WriteQueue;

  /** @param queue  of the TCP socket below */
  constructor(socket: TLSSocket, queue: WriteQueue) {
    this.#socket = socket;
    this.#queue = queue;
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  get isKernelClear(): boolean {
    return this.#queue.writeQueueSize === 0;
  }

  get isClosed(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  attach(sink: WireSink): void {
    this.#socket
      .on('end', () => sink.peerEnded())
      .on('close', () => sink.closed())
      .on('data', (chunk: Buffer) => sink.received(chunk, chunk.length));
  }

  send(bytes: Buffer, done: () => void): void {
    this.#socket.write(bytes, done);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
