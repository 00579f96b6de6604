import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Transport, TransportEvents } from '@nanomq-ts/core';
import { shareReads } from './shared-read.ts';
import { ownBytesRead, SocketTransport, sharedBytesRead, type TransportOwner } from './socket-transport.ts';

/** What a TCP listener is told. */
export interface TcpListenerOptions {
  /** Address to bind, `0.0.0.0` or `::` for all. */
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** As seen in `Transport.listener`, `tcp:default` for example. */
  readonly name: string;
  /** Called for each connection; answers who receives its events, null to refuse it at once. */
  readonly accept: (transport: Transport) => TransportEvents | null;
  /** A connection could not be accepted (too many open files, say); the listener goes on. Default: ignored. */
  readonly onError?: (error: Error) => void;
  /** Connections the kernel holds until they are accepted. Default 4096, which the kernel may cut. */
  readonly backlog?: number;
  /** False reads each connection through `data` events, as happens anyway where Node lacks the handle's door. */
  readonly sharedRead?: boolean;
}

/** An open TCP listener. */
export interface TcpListener {
  readonly name: string;
  readonly host: string;
  /** The real one, also when 0 was asked for. */
  readonly port: number;
  /** Whether connections read into the thread's shared buffer. */
  readonly sharedRead: boolean;
  readonly connectionCount: number;
  /** Stops accepting and frees the port. Connections stay: ending them is their owner's affair. */
  close(): Promise<void>;
}

/** A connect storm of thousands must not meet Node's default of 511. */
const DEFAULT_BACKLOG = 4096;

/**
 * Opens a TCP listener: ordered, lossless, both ways [MQTT-4.2.0-1] [v3.1.1 MQTT-7.1.1-1]. A client needs nothing but
 * that and MQTT [v3.1.1 MQTT-7.0.0-2].
 * @throws the error of the system (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...) when the address cannot be bound
 */
export async function listenTcp(options: TcpListenerOptions): Promise<TcpListener> {
  const server = createServer({ noDelay: true });
  await listening(server, options);
  return new ServerListener(server, options);
}

function listening(server: Server, options: TcpListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, backlog: options.backlog ?? DEFAULT_BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

class ServerListener implements TcpListener, TransportOwner {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly sharedRead: boolean;
  readonly #server: Server;
  readonly #accept: TcpListenerOptions['accept'];
  #connectionCount = 0;

  constructor(server: Server, options: TcpListenerOptions) {
    this.name = options.name;
    this.host = options.host;
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#accept = options.accept;
    const onError = options.onError;
    server.on('error', (error) => onError?.(error));
    server.on('connection', (socket) => this.#acceptOrdinary(socket));
    this.sharedRead = options.sharedRead !== false && this.#shareReads(server);
  }

  get connectionCount(): number {
    return this.#connectionCount;
  }

  async close(): Promise<void> {
    // The port is free when this returns; the callback would wait for the connections too.
    this.#server.close();
  }

  transportClosed(): void {
    this.#connectionCount--;
  }

  #shareReads(server: Server): boolean {
    return shareReads(server, sharedBytesRead, (socket, address, port) => this.#adopt(socket, address, port));
  }

  #acceptOrdinary(socket: Socket): void {
    if (this.#adopt(socket, socket.remoteAddress ?? '', socket.remotePort ?? 0)) socket.on('data', ownBytesRead);
  }

  /** @returns false when the connection was refused */
  #adopt(socket: Socket, remoteAddress: string, remotePort: number): boolean {
    this.#connectionCount++;
    const transport = new SocketTransport(socket, this, remoteAddress, remotePort);
    const events = this.#accept(transport);
    if (events === null) transport.destroy();
    else transport.attach(events);
    return events !== null;
  }
}
