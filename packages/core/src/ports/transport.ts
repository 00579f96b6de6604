/** What a client's certificate says, once its listener has verified it. */
export interface PeerCertificate {
  /** Distinguished name as RFC 4514 writes it, `CN=meter-7,O=Example` for example, special characters escaped. */
  readonly subject: string;
  /** Not escaped; null when the subject has none, several, or one with a control character. */
  readonly commonName: string | null;
  /** SHA-256 of the certificate: 32 upper-case hexadecimal bytes with `:` between. */
  readonly fingerprint256: string;
  /** End of its validity, milliseconds since 1970. */
  readonly validToMs: number;
}

/**
 * One network connection as the core sees it. Implementations are in `listeners` and, for tests, in `testkit`.
 * Contract suite: `testkit/src/contracts/transport.ts`.
 */
export interface Transport {
  /** IPv4 or IPv6 address; '' where the way has none (in the process, Unix socket). */
  readonly remoteAddress: string;
  /** 0 where the way has none. */
  readonly remotePort: number;
  /** Name of the listener that accepted it, `tcp:default` for example. */
  readonly listener: string;
  /** Null when the client showed none, or the listener verifies none. */
  readonly peerCertificate: PeerCertificate | null;
  /** True: another shard accepted it, and counted it where connections are counted. */
  readonly isRelayed?: boolean;
  /** Bytes handed to `write` that the network has not taken yet. */
  readonly pendingBytes: number;
  /**
   * Sends bytes in order.
   * @returns true when the bytes were taken and the buffer may be reused at once; false when they still wait:
   *   then the buffer belongs to the transport for good and `drained` will be called
   */
  write(bytes: Buffer): boolean;
  /** Stops reading until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends what waits, then closes. `closed` is called when it is over. */
  end(): void;
  /** Closes at once. `closed` is called. */
  destroy(): void;
}

/** What a transport calls. */
export interface TransportEvents {
  /** Bytes arrived in `chunk[0, length)`; borrowed for the call, and the callee may overwrite them. */
  received(chunk: Buffer, length: number): void;
  /** Everything that waited has been taken. */
  drained(): void;
  /** The connection is over, for whatever reason; called exactly once. */
  closed(): void;
}
