import type { LatencyHistogram } from './latency-histogram.ts';
import { connectFrame, subscribeFrame } from './load-frames.ts';
import type { TrafficJob } from './load-job.ts';
import { LoadSocket, type LoadSocketOwner } from './load-socket.ts';
import { nowMicros, refusalIn } from './wire-facts.ts';

/** What a subscriber tells the run it belongs to. */
export interface SubscriberListener {
  subscribed(): void;
  /** A chunk brought this many PUBLISH frames. */
  received(frames: number): void;
  failed(error: Error): void;
}

/** How a subscriber samples what it gets. */
export interface SamplingOptions {
  readonly histogram: LatencyHistogram;
  /** One PUBLISH of so many has its time stamp read. */
  readonly sampleEvery: number;
  /** One publisher feeds this subscriber: a sampled sequence number must equal the number received before. */
  readonly isSingleSource: boolean;
}

/** A subscriber: counts, acknowledges and samples PUBLISH frames. */
export class LoadSubscriber implements LoadSocketOwner {
  receivedCount = 0;
  duplicateCount = 0;
  disorderedCount = 0;
  /** Latencies count only between warm-up and drain. */
  isMeasuring = false;
  readonly #socket: LoadSocket;
  readonly #listener: SubscriberListener;
  readonly #job: TrafficJob;
  readonly #filter: string;
  readonly #sampling: SamplingOptions;
  #countAtChunk = 0;
  #untilSample = 1;

  constructor(
    clientId: string,
    filter: string,
    job: TrafficJob,
    sampling: SamplingOptions,
    listener: SubscriberListener,
  ) {
    this.#job = job;
    this.#filter = filter;
    this.#sampling = sampling;
    this.#listener = listener;
    this.#socket = new LoadSocket({ port: job.subscriberPort ?? job.port, carrier: job.carrier }, this);
    this.#socket.write(connectFrame(clientId, job.protocol, job.login));
  }

  frame(firstByte: number, bytes: Uint8Array, bodyAt: number, end: number): void {
    if (firstByte >> 4 === 3) this.#publish(firstByte, bytes, bodyAt);
    else this.#control(firstByte, bytes, bodyAt, end);
  }

  chunkEnded(): void {
    this.#socket.flushControl();
    const frames = this.receivedCount - this.#countAtChunk;
    if (frames === 0) return;
    this.#countAtChunk = this.receivedCount;
    this.#listener.received(frames);
  }

  drained(): void {}

  failed(error: Error): void {
    this.#listener.failed(new Error(`subscriber: ${error.message}`, { cause: error }));
  }

  close(): void {
    this.#socket.close();
  }

  #publish(firstByte: number, bytes: Uint8Array, bodyAt: number): void {
    const qos = (firstByte >> 1) & 3;
    if (qos !== 0) {
      const packetIdAt = bodyAt + 2 + ((bytes[bodyAt]! << 8) | bytes[bodyAt + 1]!);
      this.#socket.acknowledge(qos === 1 ? 0x40 : 0x50, bytes[packetIdAt]!, bytes[packetIdAt + 1]!);
      if (firstByte & 8) this.duplicateCount += 1;
    }
    this.#untilSample -= 1;
    if (this.#untilSample === 0) this.#sample(qos, bytes, bodyAt);
    this.receivedCount += 1;
  }

  #sample(qos: number, bytes: Uint8Array, bodyAt: number): void {
    this.#untilSample = this.#sampling.sampleEvery;
    let at = bodyAt + 2 + ((bytes[bodyAt]! << 8) | bytes[bodyAt + 1]!) + (qos === 0 ? 0 : 2);
    // The generator sends no properties and a broker adds few: their length fits one byte.
    if (this.#job.protocol === 5) at += 1 + bytes[at]!;
    if (this.#sampling.isSingleSource && u32At(bytes, at + 4) !== this.receivedCount >>> 0) this.disorderedCount += 1;
    if (this.isMeasuring) this.#sampling.histogram.record((nowMicros() - u32At(bytes, at)) >>> 0);
  }

  #control(firstByte: number, bytes: Uint8Array, bodyAt: number, end: number): void {
    const refusal = refusalIn(firstByte, bytes, bodyAt, end);
    if (refusal !== undefined) {
      this.failed(new Error(refusal));
      return;
    }
    switch (firstByte >> 4) {
      case 2:
        this.#socket.write(subscribeFrame(this.#filter, this.#job.qos, this.#job.protocol));
        return;
      case 6:
        this.#socket.acknowledge(0x70, bytes[bodyAt]!, bytes[bodyAt + 1]!);
        return;
      case 9:
        this.#listener.subscribed();
        return;
    }
  }
}

function u32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
