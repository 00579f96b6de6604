import type { Clock, Logger, Shard } from '@nanomq-ts/core';
import type { OpenStream } from './remote/remote-stream.ts';

/** What all bridges of a broker have in common. */
export interface BridgeSeat {
  readonly shard: Shard;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this broker among others: letters, digits and `-`. */
  readonly brokerId: string;
  /** What is subscribed to here, for transparent bridges. */
  readonly localFilters: () => readonly string[];
  readonly openStream: OpenStream;
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number;
}
