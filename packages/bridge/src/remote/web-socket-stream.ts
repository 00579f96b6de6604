import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import type { RemoteStream, RemoteStreamEvents, StreamTarget } from './remote-stream.ts';
import { applyTcpOptions } from './tcp-options.ts';
import { tlsMaterial } from './tls-material.ts';

/** Connects by WebSocket, with or without TLS; subprotocol `mqtt` [MQTT-6.0.0-3]. Errors as `OpenStream`. */
export async function openWebSocket(target: StreamTarget, events: RemoteStreamEvents): Promise<RemoteStream> {
  const { server, tls, tcp, timeoutMs } = target;
  const { host, port, path, isTls } = server;
  const name = host.includes(':') ? `[${host}]` : host;
  const { localAddress } = tcp;
  const socket = new WebSocket(`${isTls ? 'wss' : 'ws'}://${name}:${port}${path}`, 'mqtt', {
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    followRedirects: false,
    ...(localAddress !== undefined && { localAddress }),
    ...(isTls && (await tlsMaterial(tls, host))),
  });
  const [response] = await Promise.all([
    new Promise<IncomingMessage>((resolve) => socket.once('upgrade', resolve)),
    new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject)),
  ]);
  applyTcpOptions(response.socket, tcp);
  return new WebSocketStream(socket, response.socket.remoteAddress ?? '', events);
}

/** An open WebSocket as a stream. */
class WebSocketStream implements RemoteStream {
  readonly remoteAddress: string;
  readonly #socket: WebSocket;
  readonly #events: RemoteStreamEvents;
  #isCongested = false;
  #reason = '';

  constructor(socket: WebSocket, remoteAddress: string, events: RemoteStreamEvents) {
    this.remoteAddress = remoteAddress;
    this.#socket = socket;
    this.#events = events;
    socket.on('message', (data: RawData, isBinary: boolean) => this.#received(data as Buffer, isBinary));
    socket.on('error', (error) => {
      this.#reason = error.message;
    });
    socket.on('close', () => events.closed(this.#reason));
  }

  get pendingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return true;
    if (this.#isCongested) {
      socket.send(bytes); // [MQTT-6.0.0-1]
      return false;
    }
    socket.send(bytes, () => this.#drained());
    this.#isCongested = socket.bufferedAmount > 0;
    return !this.#isCongested;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.close();
  }

  destroy(): void {
    this.#socket.terminate();
  }

  #received(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.#events.received(data, data.length);
      return;
    }
    this.#reason = 'the remote broker sent text over WebSocket';
    this.#socket.terminate(); // [MQTT-6.0.0-1]
  }

  #drained(): void {
    if (!this.#isCongested || this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > 0) {
      this.#socket.send(Buffer.alloc(0), () => this.#drained());
      return;
    }
    this.#isCongested = false;
    this.#events.drained();
  }
}
