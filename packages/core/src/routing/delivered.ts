/** Told by `Deliver.publish`. */
export const Delivered = {
  /** At least one session took it. */
  Taken: 0,
  /** Nobody subscribes to the topic. */
  NoSubscribers: 1,
  /** Every receiver's queue was full. */
  QueuesFull: 2,
} as const;

/** An outcome of the table above. */
export type Delivered = (typeof Delivered)[keyof typeof Delivered];
