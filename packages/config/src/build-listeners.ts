import type {
  ListenerConfig,
  ListenersConfig,
  TcpListenerConfig,
  TlsConfig,
  TlsListenerConfig,
  UnixListenerConfig,
  WsListenerConfig,
} from './listeners-config.ts';
import type { BindAddress } from './schema/address.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import { LISTENER_KEYS, type ListenerSection } from './schema/listeners-section.ts';
import type { WebSocketAddress } from './schema/web-socket-address.ts';
import type { SectionPresence } from './section-presence.ts';
import { inheritedTlsValues, type TlsValues } from './tls-inheritance.ts';

/** The keys of one listener after the check; which of them there are depends on its kind. */
export interface ListenerValues extends TlsValues {
  readonly bind?: BindAddress | WebSocketAddress | undefined;
  readonly path?: string;
  readonly mode?: string;
  readonly enable: boolean;
  readonly handshake_timeout: number;
  readonly proxy_protocol: boolean;
  readonly proxy_protocol_sources?: readonly string[];
  readonly origins?: readonly string[];
}

const TCP_ALONE: ListenerValues = {
  bind: { host: '0.0.0.0', port: 1883 },
  enable: true,
  handshake_timeout: 10_000,
  proxy_protocol: false,
};

/** Section `listeners` with the names and units the broker uses. */
export function listenersConfig(checked: CheckedConfig, presence: SectionPresence): ListenersConfig {
  const all = (kind: ListenerSection) => listenersOf(kind, checked, presence);
  const withTls = (name: string, values: ListenerValues) => ({
    ...tcpListener(name, values),
    ...tlsPart(inheritedTlsValues(values, checked)),
  });
  return {
    tcp: all('tcp').map(([name, values]) => tcpListener(name, values)),
    ssl: all('ssl').map(([name, values]) => withTls(name, values)),
    ws: all('ws').map(([name, values]) => ({ ...tcpListener(name, values), ...webSocketPart(values) })),
    wss: all('wss').map(([name, values]) => ({ ...withTls(name, values), ...webSocketPart(values) })),
    unix: all('unix').map(([name, values]) => unixListener(name, values)),
  };
}

/** The listeners of one kind that may be opened, by name: the unnamed one, if it is there, first. */
function listenersOf(
  kind: ListenerSection,
  checked: CheckedConfig,
  presence: SectionPresence,
): readonly (readonly [string, ListenerValues])[] {
  const named = namedListeners(kind, checked);
  if (kind === 'tcp') {
    const values = (checked.listeners.tcp as ListenerValues | undefined) ?? TCP_ALONE;
    return presence.hasPlainTcp(checked) ? [['default', values], ...named] : named;
  }
  const own = checked.listeners[kind] as unknown as ListenerValues;
  return presence.isOn(checked, `listeners.${kind}`) ? [['default', { ...own, enable: true }], ...named] : named;
}

/** The listeners of one kind with names of the operator's. */
export function namedListeners(kind: ListenerSection, { listeners }: CheckedConfig): [string, ListenerValues][] {
  const section = (listeners[kind] ?? {}) as unknown as Readonly<Record<string, ListenerValues>>;
  return Object.entries(section).filter(([name]) => !LISTENER_KEYS[kind].has(name));
}

function commonPart(name: string, values: ListenerValues): ListenerConfig {
  return {
    name,
    enable: values.enable,
    handshakeTimeoutMs: values.handshake_timeout,
    ...(values.proxy_protocol ? { proxyProtocol: { trustedSources: values.proxy_protocol_sources ?? [] } } : {}),
  };
}

function tcpListener(name: string, values: ListenerValues): TcpListenerConfig {
  const { host = '', port = 0 } = values.bind ?? {};
  return { ...commonPart(name, values), host, port };
}

function tlsPart(values: TlsValues): Pick<TlsListenerConfig, 'tls' | 'maxHandshakes'> {
  const tls: TlsConfig = {
    certFile: String(values.certfile ?? ''),
    keyFile: String(values.keyfile ?? ''),
    ...(values.key_password === undefined ? {} : { keyPassword: String(values.key_password) }),
    ...(values.cacertfile === undefined ? {} : { caFile: String(values.cacertfile) }),
    ...(values.crlfile === undefined ? {} : { crlFile: String(values.crlfile) }),
    verifyPeer: values.verify_peer === true,
    failIfNoPeerCert: values.fail_if_no_peer_cert === true,
    minVersion: values.tls_min_version === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    maxVersion: values.tls_max_version === '1.2' ? 'TLSv1.2' : 'TLSv1.3',
  };
  return { tls, maxHandshakes: Number(values.max_handshakes) };
}

function webSocketPart({ bind, origins }: ListenerValues): Pick<WsListenerConfig, 'webSocket'> {
  const { path } = bind as WebSocketAddress;
  return { webSocket: { path, ...(origins === undefined ? {} : { origins }) } };
}

function unixListener(name: string, values: ListenerValues): UnixListenerConfig {
  return { ...commonPart(name, values), path: values.path ?? '', mode: Number.parseInt(values.mode ?? '', 8) };
}
