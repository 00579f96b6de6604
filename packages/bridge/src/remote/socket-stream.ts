import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RemoteStream, RemoteStreamEvents, StreamTarget } from './remote-stream.ts';
import { applyTcpOptions } from './tcp-options.ts';
import { tlsMaterial } from './tls-material.ts';

/** How long a stream that ends waits for a peer that neither takes what is left nor closes, milliseconds. */
const END_GRACE_MS = 5000;
/** A zero-length write: its callback says that all before it was taken. */
const NOTHING = Buffer.alloc(0);

/** Connects by TCP, with or without TLS. Errors as `OpenStream`. */
export async function openSocket(target: StreamTarget, events: RemoteStreamEvents): Promise<RemoteStream> {
  const { server, tls, tcp, timeoutMs } = target;
  const { host, port, isTls } = server;
  const { localAddress } = tcp;
  const place = { host, port, ...(localAddress !== undefined && { localAddress }) };
  const socket = isTls ? connectTls({ ...place, ...(await tlsMaterial(tls, host)) }) : connectTcp(place);
  await opened(socket, isTls ? 'secureConnect' : 'connect', timeoutMs);
  applyTcpOptions(socket, tcp);
  return new SocketStream(socket, events);
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      socket.off(event, ready).off('error', failed);
      then();
    };
    const ready = () => settle(resolve);
    const failed = (error: Error) => settle(() => reject(error));
    socket.once(event, ready).once('error', failed);
  });
}

/** A connected socket as a stream. */
class SocketStream implements RemoteStream {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #events: RemoteStreamEvents;
  #isCongested = false;
  #isEnding = false;
  #reason = '';
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, events: RemoteStreamEvents) {
    this.#socket = socket;
    this.#events = events;
    this.remoteAddress = socket.remoteAddress ?? '';
    socket.on('data', (chunk: Buffer) => {
      if (!this.#isEnding) events.received(chunk, chunk.length);
    });
    socket.on('drain', () => this.#drained());
    socket.on('error', (error) => {
      this.#reason = error.message;
    });
    socket.on('close', () => {
      clearTimeout(this.#graceTimer);
      events.closed(this.#reason);
    });
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    if (this.#isEnding || socket.destroyed || socket.writableEnded) return true;
    const isBelowMark = socket.write(bytes);
    if (socket.writableLength === 0) return true;
    if (!this.#isCongested) {
      this.#isCongested = true;
      // Node emits 'drain' only for a write above its high water mark.
      if (isBelowMark) this.#markDrain();
    }
    return false;
  }

  pause(): void {
    if (!this.#isEnding) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#isEnding || this.#socket.destroyed) return;
    this.#isEnding = true;
    this.#socket.end();
    this.#socket.resume();
    this.#graceTimer = setTimeout(() => this.#socket.destroy(), END_GRACE_MS).unref();
  }

  destroy(): void {
    this.#isEnding = true;
    this.#socket.destroy();
  }

  #drained(): void {
    const socket = this.#socket;
    if (!this.#isCongested || socket.destroyed) return;
    if (socket.writableLength !== 0) {
      if (!socket.writableNeedDrain) this.#markDrain();
      return;
    }
    this.#isCongested = false;
    if (!this.#isEnding) this.#events.drained();
  }

  #markDrain(): void {
    if (!this.#socket.writableEnded) this.#socket.write(NOTHING, () => this.#drained());
  }
}
