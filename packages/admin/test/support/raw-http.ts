import { connect, type Socket } from 'node:net';

/** A connection that says what no HTTP library would. */
export class RawHttp {
  readonly socket: Socket;
  #text = '';
  readonly #closed: Promise<void>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8');
    this.socket.on('data', (chunk: string) => {
      this.#text += chunk;
    });
    this.socket.on('error', () => {});
    this.#closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  /** What came so far. */
  get text(): string {
    return this.#text;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** All that came until the server closed. */
  async untilClosed(): Promise<string> {
    await this.#closed;
    return this.#text;
  }
}
