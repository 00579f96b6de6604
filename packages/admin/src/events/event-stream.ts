import type { ServerResponse } from 'node:http';
import { whenClosed } from '../http/when-closed.ts';
import { isoTime } from '../v4/reply-schemas.ts';
import { eventText } from './event-text.ts';

/** Text that waits for a slow reader, in UTF-16 units; what would exceed it is dropped and counted. */
const MAX_WAITING = 1_048_576;
/** Between two signs of life, in milliseconds; well below the idle limit of the server and of usual proxies. */
const HEARTBEAT_MS = 15_000;
/** How long a reader whose connection broke waits before it comes again, in milliseconds. */
const RETRY_MS = 3000;

/**
 * One reader of server-sent events. What the socket does not take waits up to a limit; beyond it events are dropped,
 * and told as one `lost` with their number where they would have stood.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #nowMs: () => number;
  readonly #heartbeat: NodeJS.Timeout;
  #waiting: string[] = [];
  #waitingLength = 0;
  #lost = 0;

  constructor(response: ServerResponse, nowMs: () => number) {
    this.#response = response;
    this.#nowMs = nowMs;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // A proxy that buffers would hold events back.
      'X-Accel-Buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    response.on('drain', () => this.#drained());
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
    whenClosed(response, () => clearInterval(this.#heartbeat));
  }

  /** Sends an event as soon as the reader takes it. */
  send(type: string, data: object): void {
    if (!this.#isOpen) return;
    const text = eventText(type, data);
    if (!this.#response.writableNeedDrain) {
      this.#response.write(text);
    } else if (this.#lost > 0 || this.#waitingLength + text.length > MAX_WAITING) {
      this.#lost += 1;
    } else {
      this.#waiting.push(text);
      this.#waitingLength += text.length;
    }
  }

  /** After its end, by the server or by the reader, nothing may be written. */
  get #isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  #drained(): void {
    if (!this.#isOpen) return;
    const texts = this.#waiting;
    if (this.#lost > 0) texts.push(eventText('lost', { at: isoTime(this.#nowMs()), count: this.#lost }));
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#lost = 0;
    if (texts.length > 0) this.#response.write(texts.join(''));
  }

  #beat(): void {
    if (this.#isOpen && !this.#response.writableNeedDrain) this.#response.write(':\n\n');
  }
}
