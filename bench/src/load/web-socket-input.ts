const HEADER_END = '\r\n\r\n';

/** Asks for a WebSocket that carries MQTT at `/mqtt`. */
export const UPGRADE_REQUEST = `${[
  'GET /mqtt HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  // Any 16 bytes will do: what the broker makes of them is not checked.
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: mqtt',
].join('\r\n')}${HEADER_END}`;

/** Receives what is in the messages, in pieces; the bytes are borrowed for the call. */
export type PayloadSink = (bytes: Uint8Array, length: number) => void;

/** Opcode; from here on frames are of control. */
const CLOSE = 8;
/** Two bytes, and up to eight of a longer length. */
const MAX_HEAD_BYTES = 10;

/**
 * Reads what a broker sends over WebSocket: the answer to the upgrade, then messages, however the stream is cut. Of
 * control frames only CLOSE counts.
 */
export class WebSocketInput {
  readonly #sink: PayloadSink;
  readonly #opened: () => void;
  /** The answer so far; null once it is whole. */
  #answer: string | null = '';
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #headLength = 0;
  #isControl = false;
  #payloadLeft = 0;

  /** @param opened  called once, when the broker has agreed */
  constructor(sink: PayloadSink, opened: () => void) {
    this.#sink = sink;
    this.#opened = opened;
  }

  /** @throws Error when the broker refuses or closes the WebSocket */
  feed(chunk: Uint8Array): void {
    let at = this.#answer === null ? 0 : this.#takeAnswer(chunk, this.#answer);
    while (at < chunk.length) {
      if (this.#payloadLeft > 0) at = this.#takePayload(chunk, at);
      else this.#takeHeadByte(chunk[at++]!);
    }
  }

  /** @returns offset of what follows the answer in the chunk */
  #takeAnswer(chunk: Uint8Array, before: string): number {
    const answer = before + Buffer.from(chunk).toString('latin1');
    const end = answer.indexOf(HEADER_END);
    this.#answer = end < 0 ? answer : null;
    if (end < 0) return chunk.length;
    if (!answer.startsWith('HTTP/1.1 101')) throw new Error(`no WebSocket: ${answer.slice(0, answer.indexOf('\r'))}`);
    this.#opened();
    return end + HEADER_END.length - before.length;
  }

  #takePayload(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#payloadLeft);
    this.#payloadLeft -= end - at;
    if (!this.#isControl) this.#sink(chunk.subarray(at, end), end - at);
    return end;
  }

  #takeHeadByte(byte: number): void {
    const head = this.#head;
    head[this.#headLength++] = byte;
    if (this.#headLength < 2) return;
    const short = head[1]!;
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (this.#headLength < 2 + lengthBytes) return;
    let payloadBytes = lengthBytes === 0 ? short : 0;
    for (let at = 2; at < 2 + lengthBytes; at += 1) payloadBytes = payloadBytes * 256 + head[at]!;
    const opcode = head[0]! & 0x0f;
    if (opcode === CLOSE) throw new Error('WebSocket closed by the broker');
    this.#isControl = opcode > CLOSE;
    this.#payloadLeft = payloadBytes;
    this.#headLength = 0;
  }
}
