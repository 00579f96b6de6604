import type { ProcessEvents, StopSignal } from './surroundings.ts';

/** Exit codes of a process that a signal ended, as shells count: 128 and the number of the signal. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * npm passes a signal on to its child, and the terminal (Ctrl-C) or systemd sends it to the whole group as well. So
 * one request arrives twice; what comes within this time is the same request.
 */
const SAME_REQUEST_MS = 500;

/** Where a request to stop came from: a signal, `nanomq stop` or the HTTP API, or a fault of the broker itself. */
export type StopReason = StopSignal | 'request' | 'fault';

/** Waits for the request to stop. */
export interface StopRequest {
  /** Resolves with the first reason; rejects when the broker is lost. */
  readonly first: Promise<StopReason>;
  /** Asks without a signal. */
  request(reason: 'request' | 'fault'): void;
  /** There is nothing left to stop: ends the wait with an error. */
  fail(error: unknown): void;
  /** Signals do again what they do by default. */
  release(): void;
}

/** Listens for SIGTERM and SIGINT: the first resolves `first`, a second one ends the process at once. */
export function awaitStopRequest(events: ProcessEvents, nowMs: () => number): StopRequest {
  let firstMs: number | undefined;
  let resolveFirst: (reason: StopReason) => void;
  let rejectFirst: (error: unknown) => void;
  const first = new Promise<StopReason>((resolve, reject) => {
    resolveFirst = resolve;
    rejectFirst = reject;
  });
  // Nobody waits for it before the broker has started.
  first.catch(() => undefined);
  const signalCame = (signal: StopSignal) => {
    if (firstMs === undefined) {
      firstMs = nowMs();
      resolveFirst(signal);
    } else if (nowMs() - firstMs >= SAME_REQUEST_MS) {
      events.exit(SIGNAL_EXIT_CODES[signal]);
    }
  };
  events.on('SIGTERM', signalCame);
  events.on('SIGINT', signalCame);
  const release = () => {
    events.off('SIGTERM', signalCame);
    events.off('SIGINT', signalCame);
  };
  return { first, request: (reason) => resolveFirst(reason), fail: (error) => rejectFirst(error), release };
}
