import type { ProcessEvents, StopSignal } from './surroundings.ts';

/** Exit codes of a process that a signal ended, as shells count: 128 and the number of the signal. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * npm passes a signal on to its child, and the terminal (Ctrl-C) or systemd sends it to the whole group as well. So
 * one request arrives twice; what comes within this time is the same request.
 */
const SAME_REQUEST_MS = 500;

/** Waits for the request to stop. */
export interface StopRequest {
  /** Resolves with the first signal. */
  readonly first: Promise<StopSignal>;
  /** Signals do again what they do by default. */
  release(): void;
}

/** Listens for SIGTERM and SIGINT: the first resolves `first`, a second one ends the process at once. */
export function awaitStopRequest(events: ProcessEvents, nowMs: () => number): StopRequest {
  let firstMs: number | undefined;
  let resolveFirst: (signal: StopSignal) => void;
  const first = new Promise<StopSignal>((resolve) => {
    resolveFirst = resolve;
  });
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
  return { first, release };
}
