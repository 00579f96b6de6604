/** Why a limit or a rule turned a connection or a request down. Values index `Counters.denied`. */
export const DenialReason = {
  /** No CONNECT within `connectTimeoutMs`. */
  ConnectTimeout: 0,
  /** The Access port had not answered within `connectTimeoutMs`. */
  AuthenticationTimeout: 1,
  /** `maxConnections` clients are online. */
  ConnectionsFull: 2,
  /** `maxConnectionsPerAddress` network connections come from the address. */
  AddressFull: 3,
  /** `maxHandshakes` network connections have no CONNACK yet. */
  HandshakesFull: 4,
  /** A ban holds for client identifier, user name or address. */
  Banned: 5,
  /** The Access port did not admit the client, or not its will. */
  NotAuthorized: 6,
  /** CONNECT asks for what cannot be granted. */
  ConnectInvalid: 7,
  /** A subscription above `maxSubscriptions`. */
  SubscriptionsFull: 8,
} as const;

/** A reason of the table above. */
export type DenialReason = (typeof DenialReason)[keyof typeof DenialReason];

/** Labels for metrics and `$SYS`, by value. */
export const DENIAL_REASON_LABELS = [
  'connect_timeout',
  'authentication_timeout',
  'connections_full',
  'address_full',
  'handshakes_full',
  'banned',
  'not_authorized',
  'connect_invalid',
  'subscriptions_full',
] as const;
