import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Transport, TransportEvents } from '@nanomq-ts/core';
import type { TransportHarness, TransportPair, TransportPeer } from '@nanomq-ts/testkit';
import { WebSocket } from 'ws';
import type { Listener, ListenerOptions } from '../src/listener.ts';
import { WebSocketPeer } from './web-socket-peer.ts';

/** A peer that the harness can clear away. */
interface HarnessPeer extends TransportPeer {
  destroy(): void;
}

/** What a harness is made from. */
export interface HarnessParts<Peer extends HarnessPeer> {
  readonly listenerName: string;
  readonly remoteAddress?: RegExp;
  readonly overheadBytes?: number;
  listen(accept: ListenerOptions['accept']): Promise<Listener>;
  /** Connects a client, through every handshake. */
  connect(listener: Listener): Promise<Peer>;
}

/** Connections of one listener, both ends in this process. */
export class ListenerHarness<Peer extends HarnessPeer> implements TransportHarness {
  readonly listenerName: string;
  readonly remoteAddress: RegExp;
  readonly overheadBytes: number;
  readonly #parts: HarnessParts<Peer>;
  readonly #peers: Peer[] = [];
  readonly #transports: Transport[] = [];
  #listener: Listener | undefined;
  /** Who hears of the next connection; null echoes. */
  #eventsOfNext: TransportEvents | null = null;
  #transportOfNext: Transport | undefined;

  private constructor(parts: HarnessParts<Peer>) {
    this.#parts = parts;
    this.listenerName = parts.listenerName;
    this.remoteAddress = parts.remoteAddress ?? /^127\.0\.0\.1$/;
    this.overheadBytes = parts.overheadBytes ?? 0;
  }

  static async start<Peer extends HarnessPeer>(parts: HarnessParts<Peer>): Promise<ListenerHarness<Peer>> {
    const harness = new ListenerHarness(parts);
    await harness.#listen();
    return harness;
  }

  get listener(): Listener {
    if (this.#listener === undefined) throw new Error('not started');
    return this.#listener;
  }

  async open(events: TransportEvents | null): Promise<TransportPair & { readonly peer: Peer }> {
    this.#eventsOfNext = events;
    this.#transportOfNext = undefined;
    const peer = await this.#parts.connect(this.listener);
    this.#peers.push(peer);
    while (this.#transportOfNext === undefined) await turn();
    return { transport: this.#transportOfNext, peer };
  }

  /** Loopback delivers at once, so after two round trips on another connection all older bytes were polled. */
  async settle(): Promise<void> {
    const { peer } = await this.open(null);
    for (const expected of [1, 2]) {
      peer.send(Buffer.from('.'));
      while (peer.received.length < expected) await turn();
    }
  }

  async close(): Promise<void> {
    for (const transport of this.#transports) transport.destroy();
    for (const peer of this.#peers) peer.destroy();
    await this.listener.close();
    while (this.listener.connectionCount > 0) await turn();
  }

  async #listen(): Promise<void> {
    this.#listener = await this.#parts.listen((transport) => this.#accept(transport));
  }

  #accept(transport: Transport): TransportEvents {
    this.#transportOfNext = transport;
    this.#transports.push(transport);
    return this.#eventsOfNext ?? echoing(transport);
  }
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A TCP client of a listener, connected. */
export async function tcpClient({ port }: Listener): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** A TLS client of a listener, connected, and the TCP socket below. */
export async function tlsClient(listener: Listener, options: ConnectionOptions): Promise<[TLSSocket, Socket]> {
  const bottom = await tcpClient(listener);
  const socket = connectTls({ socket: bottom, servername: 'localhost', ...options });
  await once(socket, 'secureConnect');
  return [socket, bottom];
}

/** A WebSocket client over a connected socket, open. */
export async function webSocketClient(socket: Socket, bottom = socket, path = '/mqtt'): Promise<WebSocketPeer> {
  const webSocket = new WebSocket(`ws://localhost${path}`, 'mqtt', { createConnection: () => socket });
  const peer = new WebSocketPeer(webSocket, bottom);
  await once(webSocket, 'open');
  return peer;
}

function echoing(transport: Transport): TransportEvents {
  return {
    received: (chunk, length) => void transport.write(Buffer.from(chunk.subarray(0, length))),
    drained() {},
    closed() {},
  };
}
