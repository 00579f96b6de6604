import { connectFrame, type PublishTemplate, publishTemplate } from './load-frames.ts';
import type { TrafficJob } from './load-job.ts';
import { LoadSocket, type LoadSocketOwner } from './load-socket.ts';
import { MASK_WORD, maskedTemplate, webSocketHead } from './web-socket-frames.ts';
import { nowMicros, refusalIn } from './wire-facts.ts';

const BLOCK_BYTES = 64 * 1024;
// The most that a length of 16 bits can say.
const MAX_MESSAGE_BYTES = 0xffff;

/** What a publisher tells the run it belongs to. */
export interface PublisherListener {
  connected(): void;
  /** A chunk brought acknowledgements, or a blocked socket has room again. */
  ready(): void;
  failed(error: Error): void;
}

/**
 * A publisher: holds one block of equal PUBLISH frames and sends as many of them as there is room for, after writing
 * time stamp, sequence number and packet identifier into each. So a message costs a few byte stores, no copy.
 */
export class LoadPublisher implements LoadSocketOwner {
  sentCount = 0;
  /** QoS 1: PUBACKs, QoS 2: PUBCOMPs. */
  acknowledgedCount = 0;
  readonly #socket: LoadSocket;
  readonly #listener: PublisherListener;
  readonly #template: PublishTemplate;
  readonly #block: Buffer;
  readonly #blockMessages: number;
  readonly #isGathered: boolean;
  /** XORed with what is written into the block: the masking of WebSocket. */
  readonly #mask: number;
  #packetId = 0;
  #isBlocked = false;
  #hasNews = false;

  constructor(clientId: string, topic: string, job: TrafficJob, listener: PublisherListener) {
    this.#listener = listener;
    const { carrier } = job;
    const isMasked = carrier === 'ws' || carrier === 'ws-many';
    const plain = publishTemplate(topic, job.qos, job.protocol, job.payloadBytes);
    this.#template = isMasked ? maskedTemplate(plain, carrier === 'ws') : plain;
    this.#isGathered = carrier === 'ws-many';
    this.#mask = isMasked ? MASK_WORD : 0;
    const { frame } = this.#template;
    this.#blockMessages = this.#isGathered
      ? Math.floor(MAX_MESSAGE_BYTES / frame.length)
      : Math.ceil(BLOCK_BYTES / frame.length);
    this.#block = Buffer.alloc(this.#blockMessages * frame.length, frame);
    this.#socket = new LoadSocket({ port: job.port, carrier }, this);
    this.#socket.write(connectFrame(clientId, job.protocol, job.login));
  }

  /** Publishes up to `room` messages, one block at most; nothing while an earlier block is still being written. */
  pump(room: number): void {
    if (room <= 0 || this.#isBlocked) return;
    const messages = Math.min(room, this.#blockMessages);
    this.#stamp(messages);
    this.sentCount += messages;
    const bytes = this.#block.subarray(0, messages * this.#template.frame.length);
    const isFree = this.#isGathered
      ? this.#socket.writeBoth(webSocketHead(bytes.length), bytes)
      : this.#socket.writeRaw(bytes);
    this.#isBlocked = !isFree;
  }

  frame(firstByte: number, bytes: Uint8Array, bodyAt: number, end: number): void {
    const refusal = refusalIn(firstByte, bytes, bodyAt, end);
    if (refusal !== undefined) {
      this.failed(new Error(refusal));
      return;
    }
    switch (firstByte >> 4) {
      case 2:
        this.#listener.connected();
        return;
      case 4:
      case 7:
        this.acknowledgedCount += 1;
        this.#hasNews = true;
        return;
      case 5:
        this.#socket.acknowledge(0x62, bytes[bodyAt]!, bytes[bodyAt + 1]!);
        return;
    }
  }

  chunkEnded(): void {
    this.#socket.flushControl();
    if (!this.#hasNews) return;
    this.#hasNews = false;
    this.#listener.ready();
  }

  drained(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.#listener.ready();
  }

  failed(error: Error): void {
    this.#listener.failed(new Error(`publisher: ${error.message}`, { cause: error }));
  }

  close(): void {
    this.#socket.close();
  }

  #stamp(messages: number): void {
    const { frame, packetIdAt, stampAt } = this.#template;
    const block = this.#block;
    const mask = this.#mask;
    const micros = nowMicros() ^ mask;
    for (let index = 0, base = 0; index < messages; index += 1, base += frame.length) {
      writeU32(block, base + stampAt, micros);
      writeU32(block, base + stampAt + 4, (this.sentCount + index) ^ mask);
      if (packetIdAt < 0) continue;
      this.#packetId = this.#packetId === 0xffff ? 1 : this.#packetId + 1;
      const packetId = this.#packetId ^ mask;
      block[base + packetIdAt] = packetId >> 8;
      block[base + packetIdAt + 1] = packetId;
    }
  }
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
