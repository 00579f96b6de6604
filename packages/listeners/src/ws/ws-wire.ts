import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Wire, WireSink } from '../entry/wire-transport.ts';
import type { WriteQueue } from '../entry/write-queue.ts';
import { hastenReceiver } from './fast-receiver.ts';

/** Close codes of WebSocket. */
const NORMAL_CLOSURE = 1000;
const UNSUPPORTED_DATA = 1003;
const MESSAGE_TOO_BIG = 1009;

/** One binary message, neither masked nor compressed. */
const BINARY = { binary: true, compress: false, mask: false, fin: true } as const;

/**
 * MQTT in binary WebSocket messages. MQTT packets and messages need not begin or end together [MQTT-6.0.0-2]: each
 * message is handed on as a chunk of the byte stream, with all the packets that are in it.
 */
export class WsWire implements Wire {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #queue: WriteQueue;
  readonly #maxUnansweredBytes: number;
  #sink: WireSink = NO_ONE;
  #isPaused = false;
  #isClosed = false;
  /** We end it: nothing more is handed on. */
  #isEnding = false;
  #hasAnswered = false;
  #unansweredBytes = 0;
  /** Messages of the chunk in which reading was paused: `ws` hands out all of them. */
  #held: Buffer[] = [];

  /** @param webSocket  open and paused  @param queue  of the TCP socket at the bottom */
  constructor(webSocket: WebSocket, socket: Socket, queue: WriteQueue, maxUnansweredBytes: number) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#queue = queue;
    this.#maxUnansweredBytes = maxUnansweredBytes;
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  get isKernelClear(): boolean {
    return this.#queue.writeQueueSize === 0;
  }

  get isClosed(): boolean {
    return this.#webSocket.readyState !== this.#webSocket.OPEN;
  }

  attach(sink: WireSink): void {
    this.#sink = sink;
    hastenReceiver(this.#webSocket);
    this.#webSocket
      .on('message', (data, isBinary) => this.#message(data as Buffer, isBinary))
      .on('error', (error: NodeJS.ErrnoException) => sink.broke('wsFrame', error.code ?? '', MESSAGE_TOO_BIG))
      .on('close', () => this.#webSocketClosed());
    this.#socket.on('end', () => sink.peerEnded());
    this.#socket.prependListener('data', this.#countUnanswered);
    this.#webSocket.resume();
  }

  send(bytes: Buffer, done: () => void): void {
    if (!this.#hasAnswered) this.#answered();
    this.#webSocket.send(bytes, BINARY, done);
  }

  pause(): void {
    this.#isPaused = true;
    this.#webSocket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#held.length > 0) queueMicrotask(() => this.#deliverHeld());
    else this.#webSocket.resume();
  }

  end(closeCode = NORMAL_CLOSURE): void {
    this.#letGo();
    if (!this.#isClosed) this.#webSocket.close(closeCode);
  }

  destroy(): void {
    this.#letGo();
    if (!this.#isClosed) this.#webSocket.terminate();
  }

  #letGo(): void {
    this.#isEnding = true;
    this.#held = [];
    if (this.#isClosed) queueMicrotask(() => this.#tellClosed());
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.#unansweredBytes = 0;
    if (this.#isEnding) return;
    // [MQTT-6.0.0-1] any other kind of data frame closes the connection.
    if (!isBinary) this.#sink.broke('wsText', '', UNSUPPORTED_DATA);
    else if (this.#isPaused) this.#held.push(data);
    else this.#sink.received(data, data.length);
  }

  #deliverHeld(): void {
    while (!this.#isPaused && this.#held.length > 0) {
      const data = this.#held.shift() as Buffer;
      this.#sink.received(data, data.length);
    }
    if (this.#isPaused) return;
    if (this.#isClosed) this.#tellClosed();
    else this.#webSocket.resume();
  }

  /** What came before the peer closed is still heard, as from a socket that is not read. */
  #webSocketClosed(): void {
    this.#isClosed = true;
    if (this.#held.length === 0) this.#tellClosed();
  }

  #tellClosed(): void {
    const sink = this.#sink;
    this.#sink = NO_ONE;
    sink.closed();
  }

  readonly #countUnanswered = (chunk: Buffer): void => {
    this.#unansweredBytes += chunk.length;
    if (this.#unansweredBytes <= this.#maxUnansweredBytes) return;
    // `ws` would go on collecting while it waits for the answer to its close.
    this.#socket.removeAllListeners('data');
    this.#sink.broke('wsUnanswered', '', MESSAGE_TOO_BIG);
  };

  #answered(): void {
    this.#hasAnswered = true;
    this.#socket.off('data', this.#countUnanswered);
  }
}

/** Hears nothing: before it is attached, and after it has closed. */
const NO_ONE: WireSink = { received() {}, peerEnded() {}, broke() {}, closed() {} };
