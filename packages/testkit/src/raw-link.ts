import { connect, type Socket } from 'node:net';

/** The client's end of a connection: bytes out, bytes in. What `RawClient` runs over. */
export interface RawLink {
  /** Sends bytes, which are the link's from then on. */
  send(bytes: Buffer): void;
  /** The bytes that arrived since the last call, owned by the caller; empty when none did. */
  take(): Buffer;
  /** Set by the client; to be called when bytes have arrived and when the connection is over. */
  onBytes: (() => void) | null;
  /** True when the far end has closed, or this one. */
  readonly isClosed: boolean;
  /** Closes at once. */
  destroy(): void;
  /**
   * Makes the far end do what it has still to do: a link into a core under a fake clock runs the clock's turns
   * here. Called by the client before it waits. Left out where the far end runs by itself.
   */
  settle?(): void;
}

/** A link over TCP. */
export class TcpLink implements RawLink {
  onBytes: (() => void) | null = null;
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.onBytes?.();
    });
    // A reset is one of the ways in which a broker closes; `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isClosed = true;
      this.onBytes?.();
    });
  }

  /** @throws the socket's error when nobody listens there */
  static open(port: number, host = '127.0.0.1'): Promise<TcpLink> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new TcpLink(socket));
      });
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Our port, by which a broker may name the connection. */
  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return bytes;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Stops reading, so that what the broker sends piles up on its side. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends what waits and then a FIN: a close without DISCONNECT, but an orderly one. */
  end(): void {
    this.#socket.end();
  }
}
