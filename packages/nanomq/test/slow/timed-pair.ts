import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setInterval as every } from 'node:timers/promises';
import { generate } from 'mqtt-packet';

const TOPIC = 'timed';
/** QoS 0: fixed header 2, length of the topic 2, topic, and a double with the time of sending. */
const FRAME_BYTES = 2 + 2 + TOPIC.length + 8;
const TICK_MS = 5;

/** A publisher and a subscriber in this process: how long does a message take from one to the other? */
export class TimedPair {
  readonly #publisher: Socket;
  readonly #subscriber: Socket;
  #latencies: number[] = [];

  private constructor(publisher: Socket, subscriber: Socket) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    let rest = Buffer.alloc(0);
    subscriber.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= FRAME_BYTES; rest = rest.subarray(FRAME_BYTES)) {
        this.#latencies.push(performance.now() - rest.readDoubleBE(FRAME_BYTES - 8));
      }
    });
  }

  static async connect(port: number): Promise<TimedPair> {
    const publisher = await open(port, 'timed-publisher');
    const subscriber = await open(port, 'timed-subscriber');
    subscriber.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: TOPIC, qos: 0 }] }));
    await once(subscriber, 'data');
    return new TimedPair(publisher, subscriber);
  }

  /**
   * Publishes for a while, `perTick` messages each 5 ms.
   * @returns the latency that 99 of 100 messages stay below, in milliseconds
   */
  async p99Ms(durationMs: number, perTick: number): Promise<number> {
    this.#latencies = [];
    let ticks = Math.ceil(durationMs / TICK_MS);
    for await (const _ of every(TICK_MS)) {
      for (let i = 0; i < perTick; i++) this.#publisher.write(frame());
      if (--ticks <= 0) break;
    }
    const count = Math.ceil(durationMs / TICK_MS) * perTick;
    while (this.#latencies.length < count) await once(this.#subscriber, 'data');
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  }

  close(): void {
    this.#publisher.destroy();
    this.#subscriber.destroy();
  }
}

function frame(): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeDoubleBE(performance.now());
  return generate({ cmd: 'publish', topic: TOPIC, payload, qos: 0, retain: false, dup: false });
}

async function open(port: number, clientId: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(generate({ cmd: 'connect', protocolVersion: 4, clientId, keepalive: 0 }));
  await once(socket, 'data');
  return socket;
}
