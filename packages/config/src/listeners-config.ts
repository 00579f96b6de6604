/** Who tells the address of a client when a proxy stands before the listener. */
export interface ProxyProtocolConfig {
  /** Addresses and networks of the proxies; empty for a Unix socket, where whoever may open the file is trusted. */
  readonly trustedSources: readonly string[];
}

/** What every entry of `listeners` has. */
export interface ListenerConfig {
  /** `default` for the unnamed one of its kind, else the operator's name; from `--url`: `default`, `url-2`, ... */
  readonly name: string;
  /** A listener with `false` is not opened. */
  readonly enable: boolean;
  /** Before MQTT may begin. */
  readonly handshakeTimeoutMs: number;
  /** Without it: no PROXY protocol. */
  readonly proxyProtocol?: ProxyProtocolConfig;
}

/** One `listeners.tcp` entry. */
export interface TcpListenerConfig extends ListenerConfig {
  /** Without brackets: `0.0.0.0`, `::`. */
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
}

/**
 * Certificates and rules of a TLS listener. Files are PEM, relative to the working directory of the process; both
 * file names are empty only where the listener is not enabled.
 */
export interface TlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  readonly keyPassword?: string;
  readonly caFile?: string;
  readonly crlFile?: string;
  readonly verifyPeer: boolean;
  readonly failIfNoPeerCert: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
}

/** One `listeners.ssl` entry. */
export interface TlsListenerConfig extends TcpListenerConfig {
  readonly tls: TlsConfig;
  /** TLS handshakes at once. */
  readonly maxHandshakes: number;
}

/** What WebSocket adds. */
export interface WebSocketConfig {
  /** With the leading slash. */
  readonly path: string;
  /** Of web pages that may connect; without it every page may. */
  readonly origins?: readonly string[];
}

/** One `listeners.ws` entry. */
export interface WsListenerConfig extends TcpListenerConfig {
  readonly webSocket: WebSocketConfig;
}

/** One `listeners.wss` entry. */
export interface WssListenerConfig extends TlsListenerConfig, WsListenerConfig {}

/** One `listeners.unix` entry. */
export interface UnixListenerConfig extends ListenerConfig {
  readonly path: string;
  /** Permissions, such as 0o660. */
  readonly mode: number;
}

/** Section `listeners`: those of each kind, the unnamed one first, closed ones included. */
export interface ListenersConfig {
  readonly tcp: readonly TcpListenerConfig[];
  readonly ssl: readonly TlsListenerConfig[];
  readonly ws: readonly WsListenerConfig[];
  readonly wss: readonly WssListenerConfig[];
  readonly unix: readonly UnixListenerConfig[];
}
