import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Transport, TransportEvents } from '@nanomq-ts/core';
import type { TransportHarness, TransportPair, TransportPeer } from '@nanomq-ts/testkit';
import { listenTcp, type TcpListener } from '../src/tcp-listener.ts';

/** The client side of a TCP connection under test. */
export class TcpPeer implements TransportPeer {
  readonly socket: Socket;
  isClosed = false;
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#chunks.push(chunk));
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => {});
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  send(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  stopReading(): void {
    this.socket.pause();
  }

  startReading(): void {
    this.socket.resume();
  }

  finish(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** Starts a TCP listener on a free port for the contract suite. */
export async function tcpHarness(sharedRead: boolean): Promise<TransportHarness> {
  let eventsOfNext: TransportEvents = ECHO;
  let transportOfNext: Transport | undefined;
  const peers: TcpPeer[] = [];
  const transports: Transport[] = [];
  const listener: TcpListener = await listenTcp({
    host: '127.0.0.1',
    port: 0,
    name: 'tcp:contract',
    sharedRead,
    accept: (transport) => {
      transportOfNext = transport;
      transports.push(transport);
      const events = eventsOfNext;
      return events === ECHO ? echoing(transport) : events;
    },
  });
  if (listener.sharedRead !== sharedRead) throw new Error('this Node has no handle to share reads with');

  async function open(events: TransportEvents): Promise<TransportPair> {
    eventsOfNext = events;
    transportOfNext = undefined;
    const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    const peer = new TcpPeer(socket);
    socket.on('end', () => socket.end()); // answers a FIN, but may go on reading after its own
    peers.push(peer);
    await once(socket, 'connect');
    while (transportOfNext === undefined) await turn();
    return { transport: transportOfNext, peer };
  }

  /** Loopback delivers at once, so after two round trips on another connection all older bytes were polled. */
  async function settle(): Promise<void> {
    const { peer } = await open(ECHO);
    for (const expected of [1, 2]) {
      peer.send(Buffer.from('.'));
      while (peer.received.length < expected) await turn();
    }
  }

  async function close(): Promise<void> {
    for (const transport of transports) transport.destroy();
    for (const peer of peers) peer.socket.destroy();
    await listener.close();
    while (listener.connectionCount > 0) await turn();
  }

  return { listenerName: 'tcp:contract', open, settle, close };
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const ECHO: TransportEvents = { received() {}, drained() {}, closed() {} };

function echoing(transport: Transport): TransportEvents {
  return {
    received: (chunk, length) => void transport.write(Buffer.from(chunk.subarray(0, length))),
    drained() {},
    closed() {},
  };
}
