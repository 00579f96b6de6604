import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { bind, bindOptions } from './entry/bind.ts';
import { Refusal, type RefusalCounts } from './entry/refusal.ts';
import { RefusalLog } from './entry/refusal-log.ts';
import { StagedListener } from './entry/staged-listener.ts';
import { DEFAULT_BACKLOG, type Listener, type ListenerSettings, type PortListenerOptions } from './listener.ts';
import { shareReads } from './shared-read.ts';
import { ownBytesRead, SocketTransport, sharedBytesRead, type TransportOwner } from './socket-transport.ts';

/** What a TCP listener is told. */
export interface TcpListenerOptions extends PortListenerOptions {
  /**
   * False reads each connection through `data` events, as happens anyway where Node lacks the handle's door, or with
   * the PROXY protocol.
   */
  readonly sharedRead?: boolean;
}

/** An open TCP listener. */
export interface TcpListener extends Listener {
  /** Whether connections read into the thread's shared buffer. */
  readonly sharedRead: boolean;
}

/**
 * Opens a TCP listener: ordered, lossless, both ways [MQTT-4.2.0-1] [v3.1.1 MQTT-7.1.1-1]. A client needs nothing but
 * that and MQTT [v3.1.1 MQTT-7.0.0-2].
 * @throws the error of the system (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...) when the address cannot be bound
 */
export async function listenTcp(options: TcpListenerOptions): Promise<TcpListener> {
  if (options.proxyProtocol !== undefined) {
    return StagedListener.openPort(options, { kind: 'tcp', tls: null, webSocket: null });
  }
  const { host, port, backlog = DEFAULT_BACKLOG, socket } = options;
  const server = createServer({ noDelay: true });
  await bind(server, bindOptions({ host, port, backlog }, socket));
  return new DirectListener(server, options);
}

/** Nothing lies between its connections and MQTT. */
class DirectListener implements TcpListener, TransportOwner {
  readonly name: string;
  readonly kind = 'tcp';
  readonly host: string;
  readonly port: number;
  readonly tls = null;
  readonly sharedRead: boolean;
  readonly #server: Server;
  readonly #options: TcpListenerOptions;
  readonly #refusals: RefusalLog;
  #connectionCount = 0;

  constructor(server: Server, options: TcpListenerOptions) {
    const { name, host, logger, refusalLogIntervalMs: intervalMs, nowMs = Date.now, onError } = options;
    this.name = name;
    this.host = host;
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#options = options;
    this.#refusals = new RefusalLog({ name, logger, intervalMs, nowMs });
    server.on('error', (error) => onError?.(error));
    server.on('connection', (socket) => this.#acceptOrdinary(socket));
    this.sharedRead = options.sharedRead !== false && this.#shareReads(server);
  }

  get connectionCount(): number {
    return this.#connectionCount;
  }

  get refusals(): RefusalCounts {
    return this.#refusals.counts;
  }

  prepare({ proxyProtocol }: ListenerSettings): (() => void) | null {
    // Nothing else concerns a connection that passes no stage.
    return proxyProtocol === undefined ? () => {} : null;
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
    const events = this.#isAdmitted(remoteAddress, remotePort) ? this.#options.accept(transport) : null;
    if (events === null) transport.destroy();
    else transport.attach(events);
    return events !== null;
  }

  #isAdmitted(remoteAddress: string, remotePort: number): boolean {
    if (this.#options.admit?.(remoteAddress, remotePort) !== false) return true;
    this.#refusals.record(new Refusal('denied'), remoteAddress, remotePort);
    return false;
  }
}
