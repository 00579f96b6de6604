import { type BridgeState, type BridgeStatus, DROP_REASON_LABELS, type OwnClient } from '@nanomq-ts/core';
import { BacklogAge } from './backlog-age.ts';
import { BRIDGE_DROP_LABELS, Traffic } from './link/traffic.ts';
import { RateMeter } from './rate-meter.ts';

const SECOND_MS = 1000;

/** Keeps account of one bridge, for whoever asks. */
export class BridgeRecord {
  readonly traffic = new Traffic();
  /** Tried last. */
  server: string | null = null;
  readonly #own: OwnClient;
  readonly #nowMs: () => number;
  readonly #age = new BacklogAge();
  readonly #sent = new RateMeter();
  readonly #received = new RateMeter();
  #sinceMs: number;
  #notedMs = 0;
  #connections = 0;
  #timesConnected = 0;
  #lastError: BridgeStatus['lastError'] = null;

  constructor(own: OwnClient, nowMs: () => number) {
    this.#own = own;
    this.#nowMs = nowMs;
    this.#sinceMs = nowMs();
  }

  /** Connections open now. */
  get connections(): number {
    return this.#connections;
  }

  /** Acknowledgements of the remote broker are due. */
  get isOwed(): boolean {
    return (this.#own.session.window?.count ?? 0) > 0;
  }

  stateChanged(): void {
    this.#sinceMs = this.#nowMs();
  }

  connected(connections: number): void {
    this.#connections = connections;
    this.#timesConnected++;
    this.stateChanged();
  }

  disconnected(): void {
    this.#connections = 0;
    this.stateChanged();
  }

  failed(text: string): void {
    this.#lastError = { text, atMs: this.#nowMs() };
  }

  tick(nowMs: number): void {
    this.#age.note(this.#own.nextSequence, nowMs);
    if (nowMs - this.#notedMs < SECOND_MS) return;
    this.#notedMs = nowMs;
    this.#sent.note(this.traffic.sentMessages);
    this.#received.note(this.traffic.receivedMessages);
  }

  status(state: BridgeState): BridgeStatus {
    const { messages, bytes, oldestSequence } = this.#own.backlog;
    const { sentMessages, sentBytes, receivedMessages, receivedBytes, droppedOut, droppedIn } = this.traffic;
    return {
      state,
      sinceMs: this.#sinceMs,
      server: this.server,
      connections: this.#connections,
      lastError: this.#lastError,
      reconnects: Math.max(0, this.#timesConnected - 1),
      backlogMessages: messages,
      backlogBytes: bytes,
      oldestBacklogMs: this.#age.ageMs(oldestSequence, this.#nowMs()),
      sentMessages,
      sentBytes,
      receivedMessages,
      receivedBytes,
      sentRate: this.#sent.perSecond,
      receivedRate: this.#received.perSecond,
      droppedOutByReason: {
        ...byLabel(DROP_REASON_LABELS, this.#own.drops),
        ...byLabel(BRIDGE_DROP_LABELS, droppedOut),
      },
      droppedInByReason: byLabel(BRIDGE_DROP_LABELS, droppedIn),
    };
  }
}

/** Reasons that occurred. `too_large` is in both tables, of which only one can count it for a bridge. */
function byLabel(labels: readonly string[], counts: readonly number[]): Record<string, number> {
  return Object.fromEntries(labels.flatMap((label, i) => ((counts[i] ?? 0) > 0 ? [[label, counts[i] as number]] : [])));
}
