import { deferred } from './deferred.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { TrafficJob } from './load-job.ts';
import { LoadPublisher } from './load-publisher.ts';
import { LoadSubscriber } from './load-subscriber.ts';
import { SendPace } from './send-pace.ts';
import { deliveriesPerMessage, roomFor } from './traffic-window.ts';

// Fewer than the listen backlog of any broker, or a dropped SYN would cost a second.
const CONNECT_BATCH = 50;
// A prime, so that the samples do not always meet the same place of a block.
const SAMPLE_EVERY = 17;

/** Connections of one traffic job and the closed loop between them, or the pace of an open one. */
export class TrafficRun {
  readonly histogram = new LatencyHistogram();
  readonly #job: TrafficJob;
  readonly #publishers: LoadPublisher[] = [];
  readonly #subscribers: LoadSubscriber[] = [];
  readonly #failure = deferred<never>();
  #connectionUp = (): void => {};
  #receivedTotal = 0;
  #sentTotal = 0;
  #isSending = false;
  #isTurnPlanned = false;
  #pace: SendPace | undefined;

  constructor(job: TrafficJob) {
    this.#job = job;
  }

  get sentTotal(): number {
    return this.#sentTotal;
  }

  get receivedTotal(): number {
    return this.#receivedTotal;
  }

  get duplicates(): number {
    return this.#subscribers.reduce((sum, subscriber) => sum + subscriber.duplicateCount, 0);
  }

  get disordered(): number {
    return this.#subscribers.reduce((sum, subscriber) => sum + subscriber.disorderedCount, 0);
  }

  /** Deliveries owed and not seen yet. */
  get missing(): number {
    return this.#sentTotal * deliveriesPerMessage(this.#job) - this.#receivedTotal;
  }

  /** Messages of QoS 1 and 2 whose PUBACK or PUBCOMP is owed to a publisher. */
  get unacknowledged(): number {
    if (this.#job.qos === 0) return 0;
    return this.#publishers.reduce((sum, one) => sum + one.sentCount - one.acknowledgedCount, 0);
  }

  /** Nothing is owed to anybody. */
  get isDrained(): boolean {
    return this.missing <= 0 && this.unacknowledged === 0;
  }

  /** Ends the run: whoever waits through `orFailed` gets this error. */
  fail(error: Error): void {
    this.#failure.reject(error);
  }

  /** Waits for `promise`, or throws as soon as a connection of the run fails. */
  async orFailed<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failure.promise]);
  }

  /** Opens all connections and subscribes. @throws when the broker refuses or closes one */
  async connect(): Promise<void> {
    const { publishers, subscribers } = this.#job;
    await this.#inBatches(subscribers, (index) => this.#subscribers.push(this.#newSubscriber(index)));
    await this.#inBatches(publishers, (index) => this.#publishers.push(this.#newPublisher(index)));
  }

  startSending(): void {
    const { messagesPerSecond, publishers } = this.#job;
    if (messagesPerSecond === undefined) {
      this.#isSending = true;
      this.#planTurn();
    } else {
      this.#pace = new SendPace(messagesPerSecond, publishers, this.#sendUpTo);
    }
  }

  stopSending(): void {
    this.#isSending = false;
    this.#pace?.stop();
  }

  set isMeasuring(value: boolean) {
    for (const subscriber of this.#subscribers) subscriber.isMeasuring = value;
  }

  close(): void {
    this.stopSending();
    for (const connection of [...this.#publishers, ...this.#subscribers]) connection.close();
  }

  async #inBatches(count: number, open: (index: number) => void): Promise<void> {
    for (let from = 0; from < count; from += CONNECT_BATCH) {
      const to = Math.min(count, from + CONNECT_BATCH);
      const batch = deferred<void>();
      let left = to - from;
      this.#connectionUp = () => {
        left -= 1;
        if (left === 0) batch.resolve();
      };
      for (let index = from; index < to; index += 1) open(index);
      await this.orFailed(batch.promise);
    }
  }

  #newSubscriber(index: number): LoadSubscriber {
    const job = this.#job;
    const sampling = {
      histogram: this.histogram,
      sampleEvery: job.windowMessages > 1 && job.messagesPerSecond === undefined ? SAMPLE_EVERY : 1,
      isSingleSource: job.mode === 'pair' || (job.mode === 'fanout' && job.publishers === 1),
    };
    return new LoadSubscriber(`s${index}-${process.pid}`, filterOf(job, index), job, sampling, {
      subscribed: () => this.#connectionUp(),
      failed: (error) => this.#failure.reject(error),
      received: (frames) => {
        this.#receivedTotal += frames;
        this.#planTurn();
      },
    });
  }

  #newPublisher(index: number): LoadPublisher {
    return new LoadPublisher(`p${index}-${process.pid}`, topicOf(this.#job, index), this.#job, {
      connected: () => this.#connectionUp(),
      failed: (error) => this.#failure.reject(error),
      ready: () => this.#planTurn(),
    });
  }

  /** One pump of all publishers after all reads of a turn, as the window is best filled in one write. */
  #planTurn(): void {
    if (this.#isTurnPlanned || !this.#isSending) return;
    this.#isTurnPlanned = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isTurnPlanned = false;
    if (!this.#isSending) return;
    for (let index = 0; index < this.#publishers.length; index += 1) this.#pump(index);
  };

  #pump(index: number): void {
    const publisher = this.#publishers[index]!;
    const sent = publisher.sentCount;
    const room = roomFor(this.#job, {
      sentTotal: this.#sentTotal,
      receivedTotal: this.#receivedTotal,
      sent,
      acknowledged: publisher.acknowledgedCount,
      pairReceived: this.#job.mode === 'pair' ? this.#subscribers[index]!.receivedCount : 0,
    });
    publisher.pump(room);
    this.#sentTotal += publisher.sentCount - sent;
  }

  /** What a blocked publisher owes its pace goes out with a later tick. */
  readonly #sendUpTo = (index: number, messages: number): void => {
    const publisher = this.#publishers[index]!;
    const sent = publisher.sentCount;
    publisher.pump(messages - sent);
    this.#sentTotal += publisher.sentCount - sent;
  };
}

function topicOf(job: TrafficJob, index: number): string {
  return job.mode === 'fanout' ? `${rootOf(job)}/all` : `${rootOf(job)}/${index}/t`;
}

function filterOf(job: TrafficJob, index: number): string {
  if (job.mode !== 'fanin') return topicOf(job, index);
  return job.subscribers > 1 ? `$share/g/${rootOf(job)}/#` : `${rootOf(job)}/#`;
}

function rootOf({ topicRoot = 'bench' }: TrafficJob): string {
  return topicRoot;
}
