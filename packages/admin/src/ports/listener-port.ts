/** The certificate a listener shows. */
export interface CertificateView {
  readonly subject: string;
  readonly fingerprint256: string;
  /** Milliseconds since 1970. */
  readonly validToMs: number;
  /** Whole days of validity left; negative once it has expired. */
  readonly daysToExpiry: number;
  /** Times other files took effect, and times they were refused. */
  readonly reloads: number;
  readonly failedReloads: number;
}

/** An open listener. */
export interface ListenerView {
  /** `tcp:default`, as connections and clients name it. */
  readonly name: string;
  readonly kind: 'tcp' | 'tls' | 'ws' | 'wss' | 'unix';
  /** An address, or the path of a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /** Network connections, those in a handshake included. */
  readonly connections: number;
  /** Reason -> connections closed before MQTT began. */
  readonly refusedByReason: Readonly<Record<string, number>>;
  /** Null where no TLS is spoken. */
  readonly certificate: CertificateView | null;
}

/** The open listeners of the whole broker. */
export interface ListenerPort {
  listeners(): Promise<readonly ListenerView[]>;
}
