/** Why a message did not reach a receiver. Values index `Counters.dropped`. */
export const DropReason = {
  /** Nobody subscribed. */
  NoSubscribers: 0,
  /** QoS 0 for a session that is offline. */
  Offline: 1,
  /** QoS 0 for a receiver that does not read fast enough. */
  SlowReceiver: 2,
  /** The session's message queue is full. */
  QueueFull: 3,
  /** Larger than the receiver's maximum packet size. */
  TooLarge: 4,
  /** Message Expiry Interval over. */
  Expired: 5,
  /** The publisher or, of what waited for it, the receiver may not. */
  NotAuthorized: 6,
  /** Retained store full. */
  RetainedFull: 7,
  /** The session ended with messages waiting. */
  SessionEnded: 8,
} as const;

/** A reason of the table above. */
export type DropReason = (typeof DropReason)[keyof typeof DropReason];

/** Labels for metrics and `$SYS`, by value. */
export const DROP_REASON_LABELS = [
  'no_subscribers',
  'offline',
  'slow_receiver',
  'queue_full',
  'too_large',
  'expired',
  'not_authorized',
  'retained_full',
  'session_ended',
] as const;
