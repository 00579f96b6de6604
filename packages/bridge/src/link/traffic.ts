/** Why a message did not get over a bridge, besides what the core drops on the way to it. */
export const BridgeDrop = {
  /** It has been here, at the remote broker, or at more brokers than allowed. */
  Loop: 0,
  /** Larger than the remote broker takes. */
  TooLarge: 1,
  /** No forward or subscription gives it a valid topic name. */
  NoRule: 2,
  /** The receiver does not take it: the remote broker answered with a failure, or a limit of the local one says so. */
  Refused: 3,
} as const;

/** A reason of the table above. */
export type BridgeDrop = (typeof BridgeDrop)[keyof typeof BridgeDrop];

/** Labels by value. */
export const BRIDGE_DROP_LABELS = ['loop', 'too_large', 'no_rule', 'refused'] as const;

/** What went over a bridge. Plain numbers that only grow, raised on the message path. */
export class Traffic {
  sentMessages = 0;
  sentBytes = 0;
  receivedMessages = 0;
  receivedBytes = 0;
  /** By BridgeDrop, on the way out and in. */
  readonly droppedOut: number[] = BRIDGE_DROP_LABELS.map(() => 0);
  readonly droppedIn: number[] = BRIDGE_DROP_LABELS.map(() => 0);

  dropOut(reason: BridgeDrop): void {
    this.droppedOut[reason] = (this.droppedOut[reason] as number) + 1;
  }

  dropIn(reason: BridgeDrop): void {
    this.droppedIn[reason] = (this.droppedIn[reason] as number) + 1;
  }
}
