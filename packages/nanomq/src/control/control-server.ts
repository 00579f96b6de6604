import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { brokerMark, socketName } from './broker-mark.ts';
import { type ControlCommand, type ControlReply, parseRequest, REQUEST_LIMIT_BYTES } from './control-message.ts';
import { makeRunDirectory } from './run-directory.ts';

/** Callers at a time; each is a command that waits for its answer. */
const MAX_CALLERS = 16;
/** So long may a caller take to send its line. */
const REQUEST_TIMEOUT_MS = 5_000;

/** What opening the control socket takes. */
export interface ControlServerOptions {
  /** See `runDirectory`. */
  readonly directory: string;
  /** The configuration file in use. */
  readonly file: string | undefined;
  readonly cwd: string;
  /** Carries a command out. @returns whether it was, and the text for the operator; must not reject */
  readonly obey: (command: ControlCommand) => Promise<Pick<ControlReply, 'ok' | 'text'>>;
  readonly requestTimeoutMs?: number;
}

/**
 * The Unix socket through which `nanomq stop|restart|reload|status` command the running broker: mode 0600 in a
 * directory that only its user may enter. A caller sends one line of JSON and gets one back.
 */
export class ControlServer {
  readonly path: string;
  readonly #server: Server;
  readonly #callers = new Set<Socket>();
  readonly #options: ControlServerOptions;

  private constructor(path: string, options: ControlServerOptions) {
    this.path = path;
    this.#options = options;
    // A caller may close its side once it has asked.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#greet(socket));
    this.#server.maxConnections = MAX_CALLERS;
  }

  /** @throws CommandFailure when the directory is refused; the error of the system when the socket cannot be bound */
  static async open(options: ControlServerOptions): Promise<ControlServer> {
    makeRunDirectory(options.directory);
    const path = join(options.directory, socketName(brokerMark(options.file, options.cwd), process.pid));
    // Of an earlier process that had this number: whoever is called by it now is this one.
    rmSync(path, { force: true });
    const server = new ControlServer(path, options);
    await server.#listen();
    // The mode follows the umask until here, but nobody else can enter the directory.
    chmodSync(path, 0o600);
    return server;
  }

  /** Takes the socket away and hangs up on every caller: those of `stop` wait for exactly that. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#callers) socket.destroy();
    await closed;
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.path, () => {
        this.#server.off('error', reject);
        // Too many open files, say: the caller goes without an answer, the broker goes on.
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
  }

  #greet(socket: Socket): void {
    this.#callers.add(socket);
    let line = '';
    socket.setEncoding('latin1');
    socket.setTimeout(this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#callers.delete(socket));
    socket.on('data', (chunk: string) => {
      line += chunk;
      const end = line.indexOf('\n');
      if (end < 0 && line.length <= REQUEST_LIMIT_BYTES) return;
      socket.removeAllListeners('data').resume();
      socket.setTimeout(0);
      void this.#answer(socket, line.slice(0, Math.max(end, 0)));
    });
    socket.once('end', () => {
      if (!line.includes('\n')) socket.destroy();
    });
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    const command = parseRequest(line);
    const outcome = command === undefined ? { ok: false, text: 'not a command' } : await this.#options.obey(command);
    const reply: ControlReply = { ...outcome, pid: process.pid, file: this.#options.file ?? null };
    const text = `${JSON.stringify(reply)}\n`;
    if (socket.destroyed) return;
    if (command === 'stop') {
      // Left open until the broker is gone, without keeping it alive.
      socket.write(text);
      socket.unref();
    } else {
      socket.end(text);
    }
  }
}
