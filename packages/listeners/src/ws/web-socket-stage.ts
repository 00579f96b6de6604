import type { Socket } from 'node:net';
import type { Arrival } from '../entry/arrival.ts';
import { Refusal } from '../entry/refusal.ts';
import { writeQueueOf } from '../entry/write-queue.ts';
import { Upgrader } from './upgrader.ts';
import { DEFAULT_MAX_UNANSWERED_BYTES, type WebSocketOptions } from './web-socket-options.ts';
import { WsWire } from './ws-wire.ts';

/** WebSocket on the way of a connection to MQTT. */
export class WebSocketStage {
  readonly #upgrader: Upgrader;
  readonly #maxUnansweredBytes: number;

  /** @throws RangeError when an origin is none */
  constructor(options: WebSocketOptions) {
    this.#upgrader = new Upgrader(options);
    this.#maxUnansweredBytes = options.maxUnansweredBytes ?? DEFAULT_MAX_UNANSWERED_BYTES;
  }

  /** @param socket  the arrival's own, or TLS over it */
  async upgrade(socket: Socket, arrival: Arrival): Promise<WsWire | Refusal> {
    const webSocket = await this.#upgrader.upgrade(socket, arrival);
    if (webSocket instanceof Refusal) return webSocket;
    return new WsWire(webSocket, socket, writeQueueOf(arrival.socket), this.#maxUnansweredBytes);
  }
}
