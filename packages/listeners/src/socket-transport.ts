import type { Socket } from 'node:net';
import type { Transport, TransportEvents } from '@nanomq-ts/core';

/** How long an ended connection waits for a peer that neither takes what is left nor closes, milliseconds. */
export const END_GRACE_MS = 5000;

/** What a transport tells the listener that accepted it. */
export interface TransportOwner {
  readonly name: string;
  transportClosed(transport: SocketTransport): void;
}

/** Leads from a socket to its transport, so that all connections share the same few functions. */
const TRANSPORT = Symbol('transport');
interface OwnedSocket extends Socket {
  [TRANSPORT]: SocketTransport;
}

/** A zero-length write: its callback says that all before it was taken. */
const NOTHING = Buffer.alloc(0);

/** Receives nothing: what is installed once the core has ended the connection. */
const NO_ONE: TransportEvents = { received() {}, drained() {}, closed() {} };

/**
 * One accepted socket as the core's Transport. A connection costs this object and the socket: no closure, timer or
 * listener of its own until it is congested or ends.
 */
export class SocketTransport implements Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #socket: Socket;
  readonly #owner: TransportOwner;
  #events: TransportEvents = NO_ONE;
  #isCongested = false;
  #isEnding = false;
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, owner: TransportOwner, remoteAddress: string, remotePort: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    (socket as OwnedSocket)[TRANSPORT] = this;
    socket.on('error', errorIgnored).on('end', peerEnded).on('drain', socketDrained).on('close', socketClosed);
  }

  get listener(): string {
    return this.#owner.name;
  }

  get peerCertificate(): null {
    return null;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  /** Says who receives the events; before that, they are lost. */
  attach(events: TransportEvents): void {
    this.#events = events;
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    // Too late to be sent: nobody waits for it, and Node would make an error of it.
    if (this.#isEnding || socket.destroyed || socket.writableEnded) return true;
    const isBelowMark = socket.write(bytes);
    // libuv tries to write at once; only what the kernel did not take is still counted.
    if (socket.writableLength === 0) return true;
    if (!this.#isCongested) {
      this.#isCongested = true;
      // Node emits 'drain' only for a write above its high water mark.
      if (isBelowMark) this.#markDrain();
    }
    return false;
  }

  pause(): void {
    // With the shared buffer Node stops the handle at once; without, it fills its own high water mark first.
    if (!this.#isEnding) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    const socket = this.#socket;
    if (this.#isEnding || socket.destroyed) return;
    this.#isEnding = true;
    socket.end();
    // Read on and drop it: a close with unread bytes in the kernel is a reset, which takes what we just sent
    // with it, and the peer's FIN would go unseen.
    socket.resume();
    this.#graceTimer = setTimeout(destroySocket, END_GRACE_MS, socket).unref();
  }

  destroy(): void {
    this.#isEnding = true;
    this.#socket.destroy();
  }

  /** Gives the bytes just read to the core, unless it has let go of the connection. */
  received(chunk: Buffer, length: number): void {
    if (!this.#isEnding) this.#events.received(chunk, length);
  }

  /** Maybe everything has been taken. */
  drained(): void {
    const socket = this.#socket;
    if (!this.#isCongested || socket.destroyed) return;
    if (socket.writableLength !== 0) {
      if (!socket.writableNeedDrain) this.#markDrain();
      return;
    }
    this.#isCongested = false;
    if (!this.#isEnding) this.#events.drained();
  }

  /** The peer sends no more. Node ends our side by itself; the grace time counts only for what still waits. */
  peerEnded(): void {
    if (this.#socket.writableLength !== 0) this.end();
  }

  /** The socket is gone. */
  closed(): void {
    clearTimeout(this.#graceTimer); // or it would hold the socket for the rest of its time
    const events = this.#events;
    this.#events = NO_ONE;
    this.#owner.transportClosed(this);
    events.closed();
  }

  #markDrain(): void {
    if (!this.#socket.writableEnded) this.#socket.write(NOTHING, () => this.drained());
  }
}

/** Read callback of the shared buffer. */
export function sharedBytesRead(this: Socket, length: number, buffer: Buffer): undefined {
  (this as OwnedSocket)[TRANSPORT].received(buffer, length);
}

/** Listener of `data`, for a socket that reads into buffers of its own. */
export function ownBytesRead(this: Socket, chunk: Buffer): void {
  (this as OwnedSocket)[TRANSPORT].received(chunk, chunk.length);
}

function peerEnded(this: Socket): void {
  (this as OwnedSocket)[TRANSPORT].peerEnded();
}

function socketDrained(this: Socket): void {
  (this as OwnedSocket)[TRANSPORT].drained();
}

function socketClosed(this: Socket): void {
  (this as OwnedSocket)[TRANSPORT].closed();
}

function destroySocket(socket: Socket): void {
  socket.destroy();
}

/** ECONNRESET, EPIPE and friends: the peer is gone, which 'close' tells; no fault of ours. */
function errorIgnored(): void {}
