import type { Socket } from 'node:net';
import { Refusal } from './refusal.ts';

/**
 * An accepted connection on its way to MQTT, while it is still in the PROXY header, the TLS or the WebSocket handshake.
 * The stages take it one after the other; whatever they wait for, `gone` tells when there is nothing to wait for.
 */
export class Arrival {
  readonly socket: Socket;
  /** Where the client is; the PROXY header may say better than the socket. */
  remoteAddress: string;
  remotePort: number;
  /** Settles when the socket has closed, with the reason. */
  readonly gone: Promise<Refusal>;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout;
  #refusal: Refusal | null = null;
  #tellGone: () => void = () => {};

  constructor(socket: Socket, timeoutMs: number) {
    this.socket = socket;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.remotePort = socket.remotePort ?? 0;
    this.#timeoutMs = timeoutMs;
    this.gone = new Promise((resolve) => {
      this.#tellGone = () => resolve(this.#refusal ?? new Refusal('closed'));
    });
    socket.once('close', this.#tellGone);
    if (socket.destroyed) this.#tellGone();
    this.#timer = this.#startTimer();
  }

  /** The reason given so far, null when none was. */
  get refusal(): Refusal | null {
    return this.#refusal;
  }

  get isGone(): boolean {
    return this.socket.destroyed;
  }

  /** Closes the connection; the first reason given stays. */
  refuse(refusal: Refusal): void {
    this.#refusal ??= refusal;
    this.socket.destroy();
  }

  /** Notes the reason for a close that follows once the peer has the answer, at the latest with the timeout. */
  refuseAfterAnswer(refusal: Refusal): void {
    this.#refusal ??= refusal;
  }

  /** The time begins anew: what passed was our doing. */
  restartTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#startTimer();
  }

  /** Waits until the peer has sent something that nobody read yet. @returns the refusal when it goes before that */
  async bytesCame(): Promise<Refusal | null> {
    const { socket } = this;
    if (socket.readableLength > 0) return null;
    let cameIn: () => void = () => {};
    const readable = new Promise<null>((resolve) => {
      cameIn = () => resolve(null);
      socket.on('readable', cameIn);
    });
    const refusal = await Promise.race([readable, this.gone]);
    socket.off('readable', cameIn);
    // The stream leaves the mode of 'readable' a tick after its last listener; a pause before that would be undone.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return refusal;
  }

  /** The way is over: whoever has the socket now looks after it. */
  leave(): void {
    clearTimeout(this.#timer);
    this.socket.off('close', this.#tellGone);
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => this.refuse(new Refusal('timeout')), this.#timeoutMs).unref();
  }
}
