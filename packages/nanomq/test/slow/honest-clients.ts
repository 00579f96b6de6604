import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const TICK_MS = 10;
/** `h/00` and so on: all frames have one length. */
const TOPIC_BYTES = 4;
const FRAME_BYTES = 2 + 2 + TOPIC_BYTES + 16;
const CONNACK_BYTES = 4;
const SUBACK_BYTES = 5;

/** What the honest clients saw in a time. */
export interface HonestReport {
  readonly sent: number;
  readonly received: number;
  /** The first message that was missing, double or out of order; '' when there is none. */
  readonly fault: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One publisher and one subscriber on a topic of their own, QoS 0, numbered messages that carry the time. */
class HonestPair {
  sent = 0;
  received = 0;
  fault = '';
  latenciesMs: number[] = [];
  readonly #publisher: Socket;
  readonly #subscriber: Socket;
  readonly #frame = Buffer.alloc(FRAME_BYTES);
  #rest = Buffer.alloc(0);

  private constructor(publisher: Socket, subscriber: Socket, topic: string) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#frame.set([0x30, FRAME_BYTES - 2, 0, TOPIC_BYTES]);
    this.#frame.write(topic, 4);
    subscriber.on('data', (bytes: Buffer) => this.#take(bytes));
    for (const socket of [publisher, subscriber]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.fault ||= `${topic}: the connection was closed`;
      });
    }
  }

  static async open(port: number, index: number): Promise<HonestPair> {
    const topic = `h/${String(index).padStart(2, '0')}`;
    const subscriber = await opened(port, `s${index}`);
    subscriber.write(
      Buffer.concat([Buffer.from([0x82, 5 + TOPIC_BYTES, 0, 1, 0, TOPIC_BYTES]), Buffer.from(`${topic}\0`)]),
    );
    await readExactly(subscriber, SUBACK_BYTES);
    return new HonestPair(await opened(port, `p${index}`), subscriber, topic);
  }

  publish(): void {
    const frame = Buffer.from(this.#frame);
    frame.writeDoubleBE(this.sent++, 4 + TOPIC_BYTES);
    frame.writeDoubleBE(performance.now(), 12 + TOPIC_BYTES);
    this.#publisher.write(frame);
  }

  close(): void {
    for (const socket of [this.#publisher, this.#subscriber]) socket.removeAllListeners('close').destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const nowMs = performance.now();
    let at = 0;
    for (; at + FRAME_BYTES <= bytes.length; at += FRAME_BYTES) {
      const number = bytes.readDoubleBE(at + 4 + TOPIC_BYTES);
      if (number !== this.received) this.fault ||= `message ${number} came in place of ${this.received}`;
      this.received++;
      this.latenciesMs.push(nowMs - bytes.readDoubleBE(at + 12 + TOPIC_BYTES));
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }
}

/** Pairs of clients that go on publishing at a steady rate. */
export class HonestClients {
  readonly #pairs: readonly HonestPair[];
  readonly #timer: NodeJS.Timeout;
  #owed = 0;
  #lastMs = performance.now();
  #next = 0;

  private constructor(pairs: readonly HonestPair[], messagesPerSecond: number) {
    this.#pairs = pairs;
    this.#timer = setInterval(() => this.#publish(messagesPerSecond), TICK_MS);
  }

  /** @param clients  half of them publish, half of them subscribe */
  static async open(port: number, clients: number, messagesPerSecond: number): Promise<HonestClients> {
    const pairs: HonestPair[] = [];
    for (let i = 0; i < clients / 2; i++) pairs.push(await HonestPair.open(port, i));
    return new HonestClients(pairs, messagesPerSecond);
  }

  /** What was seen since the last call; `sent` and `received` are of the whole time. */
  report(): HonestReport {
    const sum = (of: 'sent' | 'received') => this.#pairs.reduce((total, pair) => total + pair[of], 0);
    const latenciesMs = this.#pairs.flatMap((pair) => pair.latenciesMs.splice(0)).sort((a, b) => a - b);
    const quantile = (q: number) => latenciesMs[Math.floor((latenciesMs.length - 1) * q)] ?? Number.NaN;
    const fault = this.#pairs.find((pair) => pair.fault !== '')?.fault ?? '';
    return { sent: sum('sent'), received: sum('received'), fault, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  }

  /** Stops publishing and settles when everything has come, or at the first fault. */
  async finish(): Promise<HonestReport> {
    clearInterval(this.#timer);
    for (;;) {
      const report = this.report();
      if (report.received === report.sent || report.fault !== '') return report;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  close(): void {
    clearInterval(this.#timer);
    for (const pair of this.#pairs) pair.close();
  }

  #publish(messagesPerSecond: number): void {
    const nowMs = performance.now();
    this.#owed += ((nowMs - this.#lastMs) * messagesPerSecond) / 1000;
    this.#lastMs = nowMs;
    for (; this.#owed >= 1; this.#owed--) this.#pairs[this.#next++ % this.#pairs.length]?.publish();
  }
}

/** A connected client of MQTT 3.1.1 on a socket of its own. */
async function opened(port: number, clientId: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const body = Buffer.concat([
    Buffer.from('00044d51545404020000', 'hex'),
    Buffer.from([0, clientId.length]),
    Buffer.from(clientId),
  ]);
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  await readExactly(socket, CONNACK_BYTES);
  return socket;
}

async function readExactly(socket: Socket, count: number): Promise<void> {
  while (socket.read(count) === null) await once(socket, 'readable');
}
