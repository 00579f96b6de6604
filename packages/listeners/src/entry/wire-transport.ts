import type { PeerCertificate, Transport, TransportEvents } from '@nanomq-ts/core';
import { END_GRACE_MS } from '../socket-transport.ts';
import { Refusal, type RefusalReason } from './refusal.ts';

/** What lies between the transport and the network: TLS, WebSocket, or both. It calls its `WireSink`. */
export interface Wire {
  /** Bytes that were sent and are not known to be taken, with what the wire adds to them. */
  readonly waitingBytes: number;
  /** The kernel has all that was encrypted or framed so far. */
  readonly isKernelClear: boolean;
  readonly isClosed: boolean;
  /** Says who hears of it. */
  attach(sink: WireSink): void;
  /** Sends bytes as one unit of the wire; `done` is called when they are taken, or never will be. */
  send(bytes: Buffer, done: () => void): void;
  pause(): void;
  resume(): void;
  /** Sends what waits and closes. @param closeCode  of WebSocket; other wires have none */
  end(closeCode?: number): void;
  destroy(): void;
}

/** What a wire calls. */
export interface WireSink {
  received(chunk: Buffer, length: number): void;
  /** The peer sends no more. */
  peerEnded(): void;
  /** The peer breaks the rules of the wire, which is closed for it. */
  broke(reason: RefusalReason, code: string, closeCode: number): void;
  closed(): void;
}

/** What a transport tells the listener that accepted it. */
export interface WireTransportOwner {
  readonly name: string;
  transportClosed(): void;
  refused(refusal: Refusal, remoteAddress: string, remotePort: number): void;
}

/** Receives nothing: what is installed once the core has ended the connection. */
const NO_ONE: TransportEvents = { received() {}, drained() {}, closed() {} };

/** A connection over TLS, WebSocket or both as the core's Transport. */
export class WireTransport implements Transport, WireSink {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly peerCertificate: PeerCertificate | null;
  readonly #wire: Wire;
  readonly #owner: WireTransportOwner;
  readonly #sent = () => this.#sendDone();
  #events: TransportEvents = NO_ONE;
  /** Of the wire's waiting bytes, those that the kernel has, though the wire has not said so. */
  #takenBytes = 0;
  #isCongested = false;
  #isEnding = false;
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(
    wire: Wire,
    owner: WireTransportOwner,
    client: { readonly remoteAddress: string; readonly remotePort: number },
    peerCertificate: PeerCertificate | null,
  ) {
    this.#wire = wire;
    this.#owner = owner;
    this.remoteAddress = client.remoteAddress;
    this.remotePort = client.remotePort;
    this.peerCertificate = peerCertificate;
    wire.attach(this);
  }

  get listener(): string {
    return this.#owner.name;
  }

  get pendingBytes(): number {
    return this.#wire.waitingBytes - this.#takenBytes;
  }

  /** Says who receives the events; before that, they are lost. */
  attach(events: TransportEvents): void {
    this.#events = events;
  }

  write(bytes: Buffer): boolean {
    const wire = this.#wire;
    // Too late to be sent: nobody waits for it.
    if (this.#isEnding || wire.isClosed) return true;
    const wasIdle = wire.waitingBytes === 0 && !this.#isCongested;
    wire.send(bytes, this.#sent);
    // An idle wire has encrypted the bytes, or given them to the kernel, before it returns.
    if (wasIdle && (wire.waitingBytes === 0 || wire.isKernelClear)) {
      this.#takenBytes = wire.waitingBytes;
      return true;
    }
    this.#isCongested = true;
    return false;
  }

  pause(): void {
    if (!this.#isEnding) this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  end(): void {
    this.#end();
  }

  destroy(): void {
    this.#isEnding = true;
    this.#wire.destroy();
  }

  // From the wire

  received(chunk: Buffer, length: number): void {
    if (!this.#isEnding) this.#events.received(chunk, length);
  }

  peerEnded(): void {
    // The wire ends our side by itself; the grace time counts only for what still waits.
    if (this.#wire.waitingBytes !== 0) this.#end();
  }

  broke(reason: RefusalReason, code: string, closeCode: number): void {
    if (this.#isEnding) return;
    this.#owner.refused(new Refusal(reason, code), this.remoteAddress, this.remotePort);
    this.#end(closeCode);
  }

  closed(): void {
    clearTimeout(this.#graceTimer); // or it would hold the wire for the rest of its time
    const events = this.#events;
    this.#events = NO_ONE;
    this.#isEnding = true;
    this.#owner.transportClosed();
    events.closed();
  }

  #end(closeCode?: number): void {
    const wire = this.#wire;
    if (this.#isEnding) return;
    this.#isEnding = true;
    wire.end(closeCode);
    // Read on and drop it: a close with unread bytes in the kernel is a reset, which takes what we just sent with it.
    wire.resume();
    this.#graceTimer = setTimeout(() => wire.destroy(), END_GRACE_MS).unref();
  }

  #sendDone(): void {
    this.#takenBytes = 0;
    if (!this.#isCongested || this.#wire.isClosed || this.#wire.waitingBytes !== 0) return;
    this.#isCongested = false;
    if (!this.#isEnding) this.#events.drained();
  }
}
