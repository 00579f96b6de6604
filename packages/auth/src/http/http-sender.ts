import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { HttpQuestion } from './http-question.ts';

/** How requests are sent. */
export interface HttpSenderOptions {
  /** 0 = as long as it takes. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly poolSize: number;
  /** PEM, checked. */
  readonly certificateAuthorities?: string | undefined;
}

/** Of an answer's body so much is read past, to keep its connection; a longer or slower one costs the connection. */
const MAX_BODY_BYTES = 16 * 1024;
const MAX_BODY_MS = 5000;
/** An honest answer has a few hundred bytes of headers. */
const MAX_HEADER_BYTES = 16 * 1024;
const IDLE_MS = 15_000;

/**
 * Sends requests over a pool of kept connections. Redirects are never followed: an answer that could send the broker
 * and its clients' passwords elsewhere is just one that is not 200.
 */
export class HttpSender {
  readonly #options: HttpSenderOptions;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;
  /** Not over yet; those that wait for a connection are among them. */
  readonly #requests = new Set<ClientRequest>();

  constructor(options: HttpSenderOptions) {
    this.#options = options;
    const pool = { keepAlive: true, maxSockets: options.poolSize, maxFreeSockets: options.poolSize, timeout: IDLE_MS };
    this.#http = new HttpAgent(pool);
    this.#https = new HttpsAgent({ ...pool, ca: options.certificateAuthorities });
  }

  /** @returns the status code @throws Error (rejects) when there is none in time */
  send(question: HttpQuestion): Promise<number> {
    const { timeoutMs } = this.#options;
    return this.#attempt(question, timeoutMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs, true);
  }

  /** Closes every connection; requests on their way fail. */
  close(): void {
    for (const request of this.#requests) request.destroy(new Error('closed'));
    this.#http.destroy();
    this.#https.destroy();
  }

  /** @param untilMs  by `performance.now()`; Infinity = as long as it takes */
  #attempt(question: HttpQuestion, untilMs: number, isFirst: boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = this.#open(question, (response) => {
        skipBody(response);
        resolve(response.statusCode ?? 0);
      });
      const late = () => request.destroy(new Error('no answer in time'));
      const timer = untilMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, untilMs - performance.now());
      this.#requests.add(request);
      request.once('close', () => {
        clearTimeout(timer);
        this.#requests.delete(request);
      });
      // More than one can come, a late one after the answer.
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The server may close a kept connection just when it is used again.
        const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (isStale && isFirst) this.#attempt(question, untilMs, false).then(resolve, reject);
        else reject(error);
      });
      request.end(question.body ?? undefined);
    });
  }

  #open({ url, method, headers }: HttpQuestion, answered: (response: IncomingMessage) => void): ClientRequest {
    const isSecure = url.protocol === 'https:';
    const options: RequestOptions = { method, headers, maxHeaderSize: MAX_HEADER_BYTES };
    const request = isSecure
      ? requestHttps(url, { ...options, agent: this.#https }, answered)
      : requestHttp(url, { ...options, agent: this.#http }, answered);
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const late = () => request.destroy(new Error('no connection in time'));
      const timer = setTimeout(late, this.#options.connectTimeoutMs);
      const over = () => clearTimeout(timer);
      socket.once(isSecure ? 'secureConnect' : 'connect', over);
      socket.once('close', over);
    });
    return request;
  }
}

function skipBody(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) response.destroy();
  });
  const timer = setTimeout(() => response.destroy(), MAX_BODY_MS);
  response.once('close', () => clearTimeout(timer));
  // What happens to the rest of an answer that has been given does not matter.
  response.on('error', () => {});
}
