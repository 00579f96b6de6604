import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { PeerCertificate, Transport, TransportEvents } from '@nanomq-ts/core';
import {
  DEFAULT_BACKLOG,
  DEFAULT_HANDSHAKE_TIMEOUT_MS,
  type Listener,
  type ListenerKind,
  type ListenerOptions,
  type ListenerSettings,
  type PortListenerOptions,
} from '../listener.ts';
import { readProxyHeader } from '../proxy/read-proxy-header.ts';
import { TrustedSources } from '../proxy/trusted-sources.ts';
import { ownBytesRead, SocketTransport } from '../socket-transport.ts';
import type { TlsControl, TlsStage } from '../tls/tls-stage.ts';
import { TlsWire } from '../tls/tls-wire.ts';
import { WebSocketStage } from '../ws/web-socket-stage.ts';
import { Arrival } from './arrival.ts';
import { type BindOptions, bind, bindOptions } from './bind.ts';
import { Refusal, type RefusalCounts } from './refusal.ts';
import { RefusalLog } from './refusal-log.ts';
import { type Wire, WireTransport } from './wire-transport.ts';
import { writeQueueOf } from './write-queue.ts';

/** What a connection has to pass before MQTT, beside what the options say. */
export interface Stages {
  readonly kind: ListenerKind;
  readonly tls: TlsStage | null;
  readonly webSocket: WebSocketStage | null;
}

/** A connection that may speak MQTT. */
interface Passed {
  /** Its own, or TLS over it. */
  readonly socket: Socket;
  /** Null: nothing lies between MQTT and the socket. */
  readonly wire: Wire | null;
  readonly certificate: PeerCertificate | null;
}

/** What a connection meets first; others may take its place while the listener is open. */
interface Door {
  readonly handshakeTimeoutMs: number;
  readonly expectsProxyHeader: boolean;
  /** Null: every peer may speak for others. */
  readonly trusted: TrustedSources | null;
}

/**
 * A listener whose connections pass stages before MQTT, in this order: PROXY header, admission of the address, TLS,
 * WebSocket. Whoever does not pass in time is closed, counted by reason and logged.
 */
export class StagedListener implements Listener {
  readonly name: string;
  readonly kind: ListenerKind;
  /** What follows a stage was read into a buffer of the socket's own. */
  readonly sharedRead = false;
  readonly #server: Server;
  readonly #options: ListenerOptions;
  #stages: Stages;
  #door: Door;
  readonly #refusals: RefusalLog;
  readonly #arrivals = new Set<Arrival>();
  #host = '';
  #port = 0;
  #transportCount = 0;

  /** @throws RangeError when a trusted source is neither address nor network */
  constructor(options: ListenerOptions, stages: Stages) {
    const { name, logger, refusalLogIntervalMs: intervalMs, nowMs = Date.now } = options;
    this.name = name;
    this.kind = stages.kind;
    this.#options = options;
    this.#stages = stages;
    this.#door = doorOf(options, stages.kind);
    this.#refusals = new RefusalLog({ name, logger, intervalMs, nowMs });
    this.#server = createServer({ noDelay: true }, (socket) => void this.#receive(socket));
  }

  /**
   * Makes a listener on a port and opens it. Takes over the TLS stage, also when it cannot be opened.
   * @throws the error of the system; RangeError when a trusted source is neither address nor network
   */
  static async openPort(options: PortListenerOptions, stages: Stages): Promise<StagedListener> {
    const { host, port, backlog = DEFAULT_BACKLOG } = options;
    try {
      const listener = new StagedListener(options, stages);
      await listener.listen({ host, port, backlog });
      return listener;
    } catch (error) {
      stages.tls?.close();
      throw error;
    }
  }

  get host(): string {
    return this.#host;
  }

  get port(): number {
    return this.#port;
  }

  get connectionCount(): number {
    return this.#arrivals.size + this.#transportCount;
  }

  get tls(): TlsControl | null {
    return this.#stages.tls;
  }

  get refusals(): RefusalCounts {
    return this.#refusals.counts;
  }

  /**
   * Opens it; to be called once. @param bound  called right after the address is bound, before anyone is accepted
   * @throws the error of the system (`EADDRINUSE`, `EACCES`, ...)
   */
  async listen(where: BindOptions, bound?: () => void): Promise<this> {
    await bind(this.#server, bindOptions(where, this.#options.socket), bound);
    // Not before: that the address is in use is for the caller, and no fault of a connection.
    this.#server.on('error', (error) => this.#options.onError?.(error));
    const address = this.#server.address();
    this.#host = where.path ?? where.host ?? '';
    this.#port = address !== null && typeof address === 'object' ? address.port : 0;
    return this;
  }

  prepare(settings: ListenerSettings): () => void {
    const { maxHandshakes, webSocket: options } = settings;
    const door = doorOf(settings, this.kind);
    const webSocket = this.#stages.webSocket === null ? null : new WebSocketStage(options ?? {});
    return () => {
      this.#door = door;
      this.#stages = { ...this.#stages, webSocket };
      this.#stages.tls?.limitHandshakes(maxHandshakes);
    };
  }

  async close(): Promise<void> {
    // The port is free when this returns; the callback would wait for the connections too.
    this.#server.close();
    this.#stages.tls?.close();
    for (const arrival of this.#arrivals) arrival.refuse(new Refusal('closed'));
  }

  transportClosed(): void {
    this.#transportCount--;
  }

  refused(refusal: Refusal, remoteAddress: string, remotePort: number): void {
    this.#refusals.record(refusal, remoteAddress, remotePort);
  }

  async #receive(socket: Socket): Promise<void> {
    socket.on('error', errorIgnored);
    const arrival = new Arrival(socket, this.#door.handshakeTimeoutMs);
    this.#arrivals.add(arrival);
    const outcome = await this.#pass(arrival).catch((error: unknown) => this.#failed(error));
    arrival.leave();
    this.#arrivals.delete(arrival);
    if (!(outcome instanceof Refusal) && !outcome.socket.destroyed) {
      this.#handOver(arrival, outcome);
      return;
    }
    const refusal = outcome instanceof Refusal ? outcome : new Refusal('closed');
    socket.destroy();
    this.#recordRefusal(arrival.refusal ?? refusal, arrival);
  }

  /** Leads a connection through the stages. @returns what it has become, or the refusal of the first it does not pass */
  async #pass(arrival: Arrival): Promise<Passed | Refusal> {
    const { tls, webSocket } = this.#stages;
    const { expectsProxyHeader, trusted } = this.#door;
    if (expectsProxyHeader) {
      const refusal = await readProxyHeader(arrival, trusted);
      if (refusal !== null) return refusal;
    }
    const { remoteAddress, remotePort } = arrival;
    if (this.#options.admit?.(remoteAddress, remotePort) === false) return new Refusal('denied');
    const socket = tls === null ? arrival.socket : await tls.secure(arrival);
    if (socket instanceof Refusal) return socket;
    const certificate = tls !== null && socket instanceof TLSSocket ? tls.peerCertificateOf(socket) : null;
    const wire = webSocket === null ? this.#wireOf(arrival, socket) : await webSocket.upgrade(socket, arrival);
    return wire instanceof Refusal ? wire : { socket, wire, certificate };
  }

  /** A fault of ours in a handshake costs the connection it happens to, and no other. */
  #failed(err: unknown): Refusal {
    this.#options.logger?.error({ listener: this.name, err }, 'handshake failed by a fault of the broker');
    return new Refusal('fault');
  }

  /** @returns null when nothing lies between MQTT and the socket */
  #wireOf(arrival: Arrival, socket: Socket): Wire | null {
    return socket instanceof TLSSocket ? new TlsWire(socket, writeQueueOf(arrival.socket)) : null;
  }

  #handOver(client: Arrival, { socket, wire, certificate }: Passed): void {
    this.#transportCount++;
    if (wire === null) {
      const transport = new SocketTransport(socket, this, client.remoteAddress, client.remotePort);
      if (this.#accept(transport)) socket.on('data', ownBytesRead);
      return;
    }
    this.#accept(new WireTransport(wire, this, client, certificate));
  }

  #accept(transport: Transport & { attach(events: TransportEvents): void }): boolean {
    const events = this.#options.accept(transport);
    if (events === null) transport.destroy();
    else transport.attach(events);
    return events !== null;
  }

  #recordRefusal(refusal: Refusal, { socket, remoteAddress, remotePort }: Arrival): void {
    // Whoever says nothing and goes only wanted to see whether the port is open.
    if (refusal.reason === 'closed' && socket.bytesRead === 0) this.#refusals.count(refusal);
    else this.#refusals.record(refusal, remoteAddress, remotePort);
  }
}

/** @throws RangeError when a trusted source is neither address nor network */
function doorOf(
  { handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS, proxyProtocol }: ListenerSettings,
  kind: ListenerKind,
): Door {
  // Who may open the file of a Unix socket is trusted by that.
  const isOpenToAll = proxyProtocol === undefined || kind === 'unix';
  const trusted = isOpenToAll ? null : new TrustedSources(proxyProtocol.trustedSources);
  return { handshakeTimeoutMs, expectsProxyHeader: proxyProtocol !== undefined, trusted };
}

function errorIgnored(): void {}
