import type { Socket } from 'node:net';
import type { TransportPeer } from '@nanomq-ts/testkit';
import type { WebSocket } from 'ws';

/** The client side of a WebSocket connection under test. */
export class WebSocketPeer implements TransportPeer {
  isClosed = false;
  /** The code of the close frame that came, 1006 when none did. */
  closeCode = 0;
  readonly #webSocket: WebSocket;
  readonly #bottom: Socket;
  readonly #messages: Buffer[] = [];

  /** @param bottom  the TCP socket */
  constructor(webSocket: WebSocket, bottom: Socket) {
    this.#webSocket = webSocket;
    this.#bottom = bottom;
    webSocket.on('message', (data) => this.#messages.push(data as Buffer));
    webSocket.on('close', (code) => {
      this.isClosed = true;
      this.closeCode = code;
    });
    webSocket.on('error', () => {});
  }

  get received(): Buffer {
    return Buffer.concat(this.#messages);
  }

  /** How many messages the bytes came in. */
  get messageCount(): number {
    return this.#messages.length;
  }

  send(bytes: Uint8Array): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.send(bytes);
  }

  stopReading(): void {
    this.#webSocket.pause();
  }

  startReading(): void {
    this.#webSocket.resume();
  }

  finish(): void {
    this.#webSocket.close();
  }

  reset(): void {
    this.#bottom.resetAndDestroy();
  }

  destroy(): void {
    this.#webSocket.terminate();
  }
}
