import type { Socket } from 'node:net';
import type { TransportPeer } from '@nanomq-ts/testkit';

/** The client side of a TCP, TLS or Unix connection under test. */
export class StreamPeer implements TransportPeer {
  isClosed = false;
  readonly #socket: Socket;
  readonly #bottom: Socket;
  readonly #chunks: Buffer[] = [];

  /** @param bottom  the TCP socket, when `socket` is TLS over it */
  constructor(socket: Socket, bottom = socket) {
    this.#socket = socket;
    this.#bottom = bottom;
    socket.on('data', (chunk) => this.#chunks.push(chunk));
    socket.on('end', () => socket.end()); // answers a FIN, but may go on reading after its own
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => {});
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  startReading(): void {
    this.#socket.resume();
  }

  finish(): void {
    this.#socket.end();
  }

  reset(): void {
    // A Unix socket knows no reset; a close is all there is.
    if (this.#bottom.remotePort === undefined) this.#bottom.destroy();
    else this.#bottom.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
