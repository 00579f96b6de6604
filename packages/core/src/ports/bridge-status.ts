/** How a bridge is. `connecting`: also between two attempts. */
export type BridgeState = 'off' | 'connecting' | 'connected';

/** What is going on in a bridge. Counters only grow while the bridge is on. */
export interface BridgeStatus {
  readonly state: BridgeState;
  /** Milliseconds since 1970 at which `state` began. */
  readonly sinceMs: number;
  /** The server it is connected to, or tried last; null before the first attempt. Without credentials. */
  readonly server: string | null;
  /** Connections open now, of those that share the load. */
  readonly connections: number;
  /** Null: there was none. Never a credential. */
  readonly lastError: { readonly text: string; readonly atMs: number } | null;
  /** Connections made after the first. */
  readonly reconnects: number;
  /** What waits for the remote broker. */
  readonly backlogMessages: number;
  readonly backlogBytes: number;
  /** Age of the oldest of them; 0 without any. */
  readonly oldestBacklogMs: number;
  readonly sentMessages: number;
  readonly sentBytes: number;
  readonly receivedMessages: number;
  readonly receivedBytes: number;
  /** Messages a second, over the last ten seconds or so. */
  readonly sentRate: number;
  readonly receivedRate: number;
  /** Reason -> messages that did not reach the remote broker, and that did not come in from it. */
  readonly droppedOutByReason: Readonly<Record<string, number>>;
  readonly droppedInByReason: Readonly<Record<string, number>>;
}
