/** Where the session of a client identifier lives: the number of a shard. */
export type Placement = number;

/**
 * Which shard holds which client identifier, the same for all shards. A claim is asked for each CONNECT; whoever holds
 * the identifier already keeps it, so exactly one shard has a say about a session and its connection.
 */
export interface Directory {
  /** @returns settles with the shard that holds the identifier: the asking one, if nobody held it. Never rejects */
  claim(clientId: string): Promise<Placement>;
  /** The asking shard has neither session nor CONNECT of the identifier any more. */
  release(clientId: string): void;
}
