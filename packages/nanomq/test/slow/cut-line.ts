import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** `open`: bytes pass. `silent`: nothing passes and nobody is told. `closed`: who connects is turned away. */
export type LineState = 'open' | 'silent' | 'closed';

/** A line to a broker on this machine that can be cut. */
export class CutLine {
  readonly port: number;
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #state: LineState = 'open';

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** @param target  port of the broker */
  static async to(target: number): Promise<CutLine> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CutLine(server, target);
  }

  /** What went by the line before is gone; only `silent` leaves connections as they are, mute for good. */
  become(state: LineState): void {
    this.#state = state;
    if (state === 'silent') return;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.become('closed');
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    this.#watch(near);
    if (this.#state === 'closed') {
      near.destroy();
      return;
    }
    if (this.#state === 'silent') return;
    const far = connect(this.#target, '127.0.0.1');
    this.#watch(far);
    this.#pass(near, far);
    this.#pass(far, near);
  }

  #pass(from: Socket, to: Socket): void {
    from.on('data', (bytes: Buffer) => {
      if (this.#state !== 'open') return;
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('close', () => to.destroy());
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
