import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type FrameSink, FrameSplitter } from './frame-splitter.ts';
import type { LoadCarrier } from './load-job.ts';
import { webSocketMessage } from './web-socket-frames.ts';
import { UPGRADE_REQUEST, WebSocketInput } from './web-socket-input.ts';

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

/** Where a load socket connects to, from which loopback address, and in what MQTT travels. */
export interface LoadSocketAddress {
  readonly port: number;
  readonly localAddress?: string;
  /** Default: TCP. */
  readonly carrier?: LoadCarrier;
}

/** A connection written for speed: shared read buffer, small control frames gathered into one write. */
export class LoadSocket {
  readonly #socket: Socket;
  readonly #owner: LoadSocketOwner;
  readonly #splitter: FrameSplitter;
  readonly #isWebSocket: boolean;
  #control = Buffer.allocUnsafeSlow(CONTROL_BYTES);
  #controlLength = 0;
  #isClosing = false;
  /** What was written before the broker had agreed to the WebSocket; null once it has. */
  #early: Buffer[] | null = null;

  constructor(address: LoadSocketAddress, owner: LoadSocketOwner) {
    const { carrier = 'tcp', ...where } = address;
    this.#owner = owner;
    this.#splitter = new FrameSplitter(owner);
    this.#isWebSocket = carrier === 'ws' || carrier === 'ws-many';
    this.#socket = carrier === 'tls' ? this.#openTls(where) : this.#openTcp(where);
    if (this.#isWebSocket) this.#upgrade();
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

  /** Writes whole MQTT packets now. @returns true when the kernel took it all, so that the memory is the caller's again */
  write(packets: Uint8Array): boolean {
    return this.writeRaw(this.#isWebSocket ? webSocketMessage(packets) : packets);
  }

  /** Writes bytes that are made for the carrier. @returns as `write` */
  writeRaw(bytes: Uint8Array): boolean {
    if (this.#early === null) this.#socket.write(bytes);
    else this.#early.push(Buffer.from(bytes));
    return !this.isBlocked;
  }

  /** Writes two pieces as one. @returns as `write` */
  writeBoth(head: Uint8Array, bytes: Uint8Array): boolean {
    this.#socket.cork();
    this.writeRaw(head);
    this.writeRaw(bytes);
    this.#socket.uncork();
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

  #openTcp(where: Omit<LoadSocketAddress, 'carrier'>): Socket {
    const input = this.#isWebSocket ? this.#webSocketInput() : null;
    const callback = (length: number, bytes: Uint8Array): boolean => {
      if (input === null) this.#received(bytes, length);
      else this.#webSocketReceived(input, bytes.subarray(0, length));
      return true;
    };
    // A high-water mark of one byte makes every write end with 'drain': net has no cheaper news of a finished write.
    const options = { writableHighWaterMark: 1, noDelay: true, onread: { buffer: readBuffer, callback } };
    return connect({ host: '127.0.0.1', ...where, ...options });
  }

  #webSocketInput(): WebSocketInput {
    const payload = (bytes: Uint8Array, length: number): void => this.#splitter.feed(bytes, length);
    return new WebSocketInput(payload, () => this.#upgraded());
  }

  #openTls(where: Omit<LoadSocketAddress, 'carrier'>): Socket {
    // The certificate is the bench's own: who it belongs to is not the question.
    const trust = { rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const;
    // The mark, which the types leave out, is for what `#openTcp` says.
    const options = { host: '127.0.0.1', ...where, ...trust, highWaterMark: 1 };
    const socket = connectTls(options);
    socket.setNoDelay(true);
    return socket.on('data', (chunk: Buffer) => this.#received(chunk, chunk.length));
  }

  #received(bytes: Uint8Array, length: number): void {
    this.#splitter.feed(bytes, length);
    this.#owner.chunkEnded();
  }

  #upgrade(): void {
    this.#socket.write(UPGRADE_REQUEST);
    this.#early = [];
  }

  #upgraded(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const bytes of early) this.#socket.write(bytes);
  }

  #webSocketReceived(input: WebSocketInput, bytes: Uint8Array): void {
    try {
      input.feed(bytes);
      this.#owner.chunkEnded();
    } catch (error) {
      this.close();
      this.#owner.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #growControl(): void {
    const larger = Buffer.allocUnsafeSlow(this.#control.length * 2);
    larger.set(this.#control.subarray(0, this.#controlLength));
    this.#control = larger;
  }
}
