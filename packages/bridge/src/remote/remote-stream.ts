import type { BridgeTcp, BridgeTls } from '../bridge-options.ts';
import type { ServerAddress } from './server-url.ts';

/** Bytes to and from a remote broker; as the core's Transport, but opened by us. */
export interface RemoteStream {
  /** The other end, '' when unknown. */
  readonly remoteAddress: string;
  /** Bytes handed to `write` that the network has not taken yet. */
  readonly pendingBytes: number;
  /** Sends bytes, which belong to the stream from now on. @returns false when they wait; `drained` will be called */
  write(bytes: Buffer): boolean;
  pause(): void;
  resume(): void;
  /** Sends what waits, then closes. */
  end(): void;
  destroy(): void;
}

/** What a stream calls. */
export interface RemoteStreamEvents {
  /** Bytes arrived in `chunk[0, length)`; borrowed for the call. */
  received(chunk: Buffer, length: number): void;
  drained(): void;
  /** The stream is over; called once, with the reason where the system gave one. */
  closed(reason: string): void;
}

/** Where to connect to, and how. */
export interface StreamTarget {
  readonly server: ServerAddress;
  readonly tls: BridgeTls;
  readonly tcp: BridgeTcp;
  readonly timeoutMs: number;
}

/**
 * Opens a stream; settles when bytes can be sent, TLS and WebSocket included.
 * @throws Error (rejects) with a text for the operator; `events` are then not called
 */
export type OpenStream = (target: StreamTarget, events: RemoteStreamEvents) => Promise<RemoteStream>;
