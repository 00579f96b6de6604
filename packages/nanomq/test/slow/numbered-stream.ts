import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const CONNACK_BYTES = 4;
const SUBACK_BYTES = 5;
const PUBACK_BYTES = 4;
const CHUNK_FRAMES = 64;

/** A client of MQTT 3.1.1 on a socket of its own, with no more code than a flood of equal frames needs. */
async function open(port: number, clientId: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  const body = Buffer.concat([Buffer.from('00044d51545404020000', 'hex'), text(clientId)]);
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  await readExactly(socket, CONNACK_BYTES);
  return socket;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

async function readExactly(socket: Socket, count: number): Promise<void> {
  for (;;) {
    if (socket.read(count) !== null) return;
    await once(socket, 'readable');
  }
}

/** A PUBLISH of `payloadBytes` bytes whose payload begins with a number of four bytes. */
class NumberedFrame {
  readonly bytes: Buffer;
  readonly numberAt: number;

  /** @param payloadBytes  4 or more, less than 2 MB, and enough for a length of three bytes: 16,384 at least */
  constructor(topic: string, qos: 0 | 1, payloadBytes: number) {
    const header = Buffer.concat([text(topic), qos === 0 ? Buffer.alloc(0) : Buffer.from([0, 1])]);
    const length = header.length + payloadBytes;
    if (payloadBytes < 16_384 || length > 2_097_151) throw new RangeError('the length must take three bytes');
    const lengthBytes = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
    this.bytes = Buffer.concat([Buffer.from([0x30 | (qos << 1), ...lengthBytes]), header, Buffer.alloc(payloadBytes)]);
    this.numberAt = 4 + header.length;
  }
}

/** Publishes numbered messages of one size. */
export class NumberedPublisher {
  readonly #socket: Socket;
  readonly #frame: NumberedFrame;
  readonly #qos: 0 | 1;
  #next = 0;
  #ackBytes = 0;
  #moreAcks: () => void = () => {};

  private constructor(socket: Socket, topic: string, qos: 0 | 1, payloadBytes: number) {
    this.#socket = socket;
    this.#frame = new NumberedFrame(topic, qos, payloadBytes);
    this.#qos = qos;
    socket.on('data', (bytes: Buffer) => {
      this.#ackBytes += bytes.length;
      this.#moreAcks();
    });
  }

  static async open(port: number, topic: string, qos: 0 | 1, payloadBytes: number): Promise<NumberedPublisher> {
    return new NumberedPublisher(await open(port, 'publisher'), topic, qos, payloadBytes);
  }

  get published(): number {
    return this.#next;
  }

  /** Hands `count` messages to the network, and for QoS 1 waits for their acknowledgements. */
  async publish(count: number): Promise<void> {
    const { bytes, numberAt } = this.#frame;
    for (let left = count; left > 0; ) {
      const frames: Buffer[] = [];
      for (let i = 0; i < Math.min(left, CHUNK_FRAMES); i++) {
        const frame = Buffer.from(bytes);
        frame.writeUInt32BE(this.#next++, numberAt);
        // Any identifier will do that is not 0: one chunk is acknowledged before the next is sent.
        if (this.#qos > 0) frame.writeUInt16BE(1 + i, numberAt - 2);
        frames.push(frame);
      }
      left -= frames.length;
      if (!this.#socket.write(Buffer.concat(frames))) await once(this.#socket, 'drain');
      await this.#acknowledged();
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  async #acknowledged(): Promise<void> {
    while (this.#qos > 0 && this.#ackBytes < this.#next * PUBACK_BYTES) {
      await new Promise<void>((resolve) => {
        this.#moreAcks = resolve;
      });
    }
  }
}

/** Receives numbered messages as QoS 0 and keeps nothing of them but how many came. */
export class NumberedReceiver {
  /** The first gap, double or stray byte; '' while there is none. */
  fault = '';
  readonly #socket: Socket;
  readonly #frame: Buffer;
  readonly #numberAt: number;
  #received = 0;
  #at = 0;
  #number = 0;
  #more: () => void = () => {};

  private constructor(socket: Socket, topic: string, payloadBytes: number) {
    const frame = new NumberedFrame(topic, 0, payloadBytes);
    this.#socket = socket;
    this.#frame = frame.bytes;
    this.#numberAt = frame.numberAt;
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('close', () => {
      this.fault ||= 'the connection was closed';
      this.#more();
    });
  }

  static async open(port: number, topic: string, payloadBytes: number): Promise<NumberedReceiver> {
    const socket = await open(port, 'receiver');
    const body = Buffer.concat([Buffer.from([0, 1]), text(topic), Buffer.from([0])]);
    socket.write(Buffer.concat([Buffer.from([0x82, body.length]), body]));
    await readExactly(socket, SUBACK_BYTES);
    return new NumberedReceiver(socket, topic, payloadBytes);
  }

  get received(): number {
    return this.#received;
  }

  /** Settles when `count` messages have come in all, or when there is a fault. */
  async until(count: number): Promise<void> {
    while (this.#received < count && this.fault === '') {
      await new Promise<void>((resolve) => {
        this.#more = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    for (let pos = 0; pos < bytes.length; ) {
      const count = Math.min(bytes.length - pos, this.#frame.length - this.#at);
      this.#compare(bytes.subarray(pos, pos + count));
      this.#at += count;
      pos += count;
      if (this.#at < this.#frame.length) continue;
      if (this.#number !== this.#received) this.fault ||= `message ${this.#number} came in place of ${this.#received}`;
      this.#received++;
      this.#at = 0;
      this.#number = 0;
    }
    this.#more();
  }

  /** A part of a frame: all of it must be as it was published, but for the number, which is taken. */
  #compare(part: Buffer): void {
    const numberEnd = this.#numberAt + 4;
    for (let at = Math.max(this.#at, this.#numberAt); at < Math.min(this.#at + part.length, numberEnd); at++) {
      this.#number = this.#number * 256 + (part[at - this.#at] as number);
      part[at - this.#at] = 0;
    }
    if (part.equals(this.#frame.subarray(this.#at, this.#at + part.length))) return;
    this.fault ||= `message ${this.#received} is not as it was published`;
  }
}
