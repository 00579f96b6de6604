import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { MessageClasses } from './express-classes.ts';
import { FAILURES, type Failure } from './failure.ts';
import { onLongLived } from './long-lived.ts';
import { whenClosed } from './when-closed.ts';

/** When a caller is too slow, in milliseconds. */
export interface CallerTimeouts {
  /** Until its headers, and its whole request, must be there. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often Node looks for those that are late. */
  readonly checkMs: number;
  /** A connection that moves nothing for so long is cut: a caller that does not read its reply. */
  readonly idleMs: number;
}

const TIMEOUTS: CallerTimeouts = { headersMs: 10_000, requestMs: 30_000, checkMs: 2000, idleMs: 60_000 };
const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 1024;
/** What is still being answered after this time of closing is cut. */
const CLOSE_GRACE_MS = 2000;

/** The HTTP server around an app: timeouts against slow callers, JSON for what never becomes a request, an end. */
export class HttpServer {
  readonly #server: Server;
  readonly #active = new Set<ServerResponse>();
  readonly #longLived = new Set<ServerResponse>();
  #closing: Promise<void> | null = null;

  /**
   * @param maxBodyBytes  asked each time: a caller that waits for `100 Continue` is not encouraged to send more
   * @param classes       of the requests and replies that `app` gets; Node's own when left out
   */
  constructor(
    app: RequestListener,
    maxBodyBytes: () => number,
    classes: Partial<MessageClasses> = {},
    timeouts = TIMEOUTS,
  ) {
    const accept = (request: IncomingMessage, response: ServerResponse): void => {
      this.#track(response);
      app(request, response);
    };
    const options = {
      ...classes,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    };
    this.#server = createServer(options, accept);
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.setTimeout(timeouts.idleMs);
    this.#server.on('clientError', answerMalformed);
    this.#server.on('checkContinue', (request, response) => {
      if (Number(request.headers['content-length'] ?? 0) <= maxBodyBytes()) response.writeContinue();
      accept(request, response);
    });
  }

  /** @throws Error (rejects) of the system: `EADDRINUSE`, `EACCES`, ... */
  listen(host: string, port: number): Promise<{ readonly host: string; readonly port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, MAX_CONNECTIONS, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
        else resolve({ host: address.address, port: address.port });
      });
    });
  }

  /** Takes no more, ends long-lived replies, lets the others be finished. Settles when every connection is closed. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const cut = setTimeout(() => this.#server.closeAllConnections(), CLOSE_GRACE_MS);
      this.#server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      for (const response of this.#longLived) response.end();
      for (const response of this.#active) if (!response.headersSent) response.setHeader('Connection', 'close');
    });
    return this.#closing;
  }

  #track(response: ServerResponse): void {
    this.#active.add(response);
    if (this.#closing !== null) response.setHeader('Connection', 'close');
    whenClosed(response, () => {
      this.#active.delete(response);
      this.#longLived.delete(response);
      // A connection kept alive for a next request would hold the closing up; it counts as idle only after this turn.
      if (this.#closing !== null) setImmediate(() => this.#server.closeIdleConnections());
    });
    onLongLived(response, () => {
      if (this.#closing === null) this.#longLived.add(response);
      else response.end();
    });
  }
}

/** Answers bytes that are no HTTP request, headers that are too large or a caller that is too slow. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex & { readonly bytesWritten?: number }): void {
  // After a first reply on the connection nobody knows what the caller would take ours for.
  if (!socket.writable || error.code === 'ECONNRESET' || (socket.bytesWritten ?? 0) > 0) {
    socket.destroy();
    return;
  }
  const row = failureOf(error.code);
  const { status, code } = FAILURES[row];
  const body = JSON.stringify({ code, msg: 'the HTTP request is not well formed' });
  const head = [
    `HTTP/1.1 ${status} ${row}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function failureOf(code: string | undefined): Failure {
  if (code === 'HPE_HEADER_OVERFLOW') return 'HEADERS_TOO_LARGE';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TIMEOUT' : 'PARAMETER_ERROR';
}
