/** Where a connection stands. `lifecycle.ts` has the transitions. */
export const ConnectionState = {
  /** Waiting for CONNECT. */
  Opening: 0,
  /** CONNECT came; the Access port has not answered yet. */
  Authenticating: 1,
  Connected: 2,
  /** Its session lives on another shard, which gets all its bytes. */
  Relayed: 3,
  /** Nothing more is read; at most a last packet goes out. */
  Ended: 4,
} as const;

/** A state of the table above. */
export type ConnectionState = (typeof ConnectionState)[keyof typeof ConnectionState];
