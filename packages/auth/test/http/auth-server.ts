import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What arrived at the server. */
export interface AskedQuestion {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

/** Answers a question; without an answer it stays open. */
export type Answerer = (question: AskedQuestion, response: ServerResponse) => void;

/** A server for authentication, as an operator would have one. */
export class AuthServer {
  readonly asked: AskedQuestion[] = [];
  /** Connections that came, in all. */
  connections = 0;
  /** Called when a question arrives. Default: 200. */
  answer: Answerer;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, answer: Answerer) {
    this.#server = server;
    this.answer = answer;
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param server  default: a new one for HTTP */
  static async start(answer: Answerer = (_, response) => response.end(), server = createServer()): Promise<AuthServer> {
    const auth = new AuthServer(server, answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return auth;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/auth`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Breaks every connection. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '/', 'http://server');
    const contentType = request.headers['content-type'];
    const isJson = contentType?.startsWith('application/json') === true;
    const params: Record<string, string> = isJson
      ? (JSON.parse(text) as Record<string, string>)
      : Object.fromEntries(new URLSearchParams(request.method === 'GET' ? url.search : text));
    const question = { method: request.method ?? '', path: url.pathname, contentType, params };
    this.asked.push(question);
    this.answer(question, response);
  }
}

/** Answers with a status. */
export function status(code: number): Answerer {
  return (_, response) => {
    response.statusCode = code;
    response.end('the body is not looked at');
  };
}
