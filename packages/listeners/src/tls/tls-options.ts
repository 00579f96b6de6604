/** Versions of TLS that are offered; older ones are broken. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** Certificates and rules of a TLS or secure WebSocket listener. Files are PEM. */
export interface TlsOptions {
  /** Certificate of the listener, followed by those between it and the CA that clients know. */
  readonly certFile: string;
  /** Private key of the certificate. */
  readonly keyFile: string;
  /** Of the private key, when it is encrypted. Never logged. */
  readonly keyPassword?: string;
  /** CAs that sign certificates of clients; needed for `verifyPeer`. */
  readonly caFile?: string;
  /** Revocation lists, one for each CA between a client's certificate and its root. Default: nothing is revoked. */
  readonly crlFile?: string;
  /** Asks clients for a certificate, and refuses those whose certificate does not verify. Default false. */
  readonly verifyPeer?: boolean;
  /** With `verifyPeer`: refuses clients that show none. Default false. */
  readonly failIfNoPeerCert?: boolean;
  /** Default TLSv1.2. */
  readonly minVersion?: TlsVersion;
  /** Default TLSv1.3. */
  readonly maxVersion?: TlsVersion;
  /** OpenSSL's list of cipher suites. Default: Node's. */
  readonly ciphers?: string;
}

/** What a TLS listener is told beside its certificates. */
export interface TlsHandshakeOptions {
  /**
   * Handshakes that are calculated at once; more wait in their order. It bounds how long a storm of connections holds
   * up those that exist: each costs about 0.1 ms (ECDSA) to 1 ms (RSA 2048). Default 64.
   */
  readonly maxHandshakes?: number;
  /** How often the files are looked at where the system tells no changes. Milliseconds, default 30,000. */
  readonly pollIntervalMs?: number | undefined;
  /** Quiet time after a change before files are read: certificate and key are written one after the other. Default 500. */
  readonly settleMs?: number | undefined;
}
