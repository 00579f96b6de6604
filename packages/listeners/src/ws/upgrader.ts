import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerOptions, WebSocket, WebSocketServer } from 'ws';
import type { Arrival } from '../entry/arrival.ts';
import { Refusal } from '../entry/refusal.ts';
import { END_GRACE_MS } from '../socket-transport.ts';
import { loadWs } from './load-ws.ts';
import { originSet, subprotocolOf, type UpgradeFault, type UpgradeRules, upgradeFault } from './upgrade-check.ts';
import { DEFAULT_MAX_PAYLOAD_BYTES, DEFAULT_PATH, type WebSocketOptions } from './web-socket-options.ts';

/** Request line and headers together: a browser with cookies sends 2 to 4 KiB. */
const MAX_HEADER_BYTES = 8192;

/** A connection in its upgrade. */
interface UnderWay {
  readonly arrival: Arrival;
  readonly settle: (webSocket: WebSocket) => void;
}

/** Makes WebSockets of connections that were accepted, and if need be secured, elsewhere. */
export class Upgrader {
  readonly #rules: UpgradeRules;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #maxPayloadBytes: number | (() => number);
  readonly #underWay = new WeakMap<Duplex, UnderWay>();

  /** @throws RangeError when an origin is none */
  constructor({ path = DEFAULT_PATH, origins, maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES }: WebSocketOptions) {
    this.#rules = { path, origins: origins === undefined ? null : originSet(origins) };
    this.#maxPayloadBytes = maxPayloadBytes;
    const ws = loadWs();
    this.#webSockets = new ws.WebSocketServer(serverOptions());
    this.#webSockets.on('wsClientError', (error, socket) => this.#refuse(socket, faultOf(error.message)));
    this.#http = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#http.on('request', (request) => this.#refuse(request.socket, NO_UPGRADE));
    this.#http.on('clientError', (_, socket) => this.#refuse(socket, faultOf('malformed request')));
  }

  /** @returns the open WebSocket with a subprotocol of MQTT, paused, or the refusal, of which the client has been told */
  upgrade(socket: Socket, arrival: Arrival): Promise<WebSocket | Refusal> {
    const outcome = new Promise<WebSocket>((settle) => this.#underWay.set(socket, { arrival, settle }));
    // Documented for http.Server: a connection may be brought to it.
    this.#http.emit('connection', socket);
    return Promise.race([outcome, arrival.gone]);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fault = upgradeFault(request, this.#rules);
    if (fault !== null) this.#refuse(socket, fault);
    else {
      // Of its options, ws reads this one for each connection.
      this.#webSockets.options.maxPayload = this.#payloadLimit();
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        // What came together with the request is not read before somebody listens: a broken frame would end the process.
        webSocket.pause();
        this.#underWay.get(socket)?.settle(webSocket);
      });
    }
  }

  #payloadLimit(): number {
    const limit = this.#maxPayloadBytes;
    return typeof limit === 'number' ? limit : limit();
  }

  #refuse(socket: Duplex, { status, text, reason }: UpgradeFault): void {
    const underWay = this.#underWay.get(socket);
    this.#underWay.delete(socket);
    if (underWay === undefined || socket.destroyed || !socket.writable) return void socket.destroy();
    underWay.arrival.refuseAfterAnswer(new Refusal(reason));
    const body = `${text}\n`;
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: text/plain',
      `Content-Length: ${body.length}`,
    ];
    if (status === 426) head.push('Upgrade: websocket');
    socket.on('error', errorIgnored);
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    // What it goes on sending is not read; a close with it in the kernel would take the answer along.
    socket.resume();
  }
}

/** `closeTimeout` is documented, yet missing in the types. */
function serverOptions(): ServerOptions & { readonly closeTimeout: number } {
  return {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // The text of a close frame is read by nobody, and a text frame is refused whatever it holds.
    skipUTF8Validation: true,
    closeTimeout: END_GRACE_MS,
    handleProtocols: (offered) => subprotocolOf(offered) ?? false,
  };
}

const NO_UPGRADE: UpgradeFault = { status: 426, text: 'this is a WebSocket listener', reason: 'http' };

function faultOf(text: string): UpgradeFault {
  return { status: 400, text, reason: 'http' };
}

function errorIgnored(): void {}
