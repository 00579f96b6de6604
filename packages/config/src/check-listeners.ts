import { CONFIG_ERRORS, ConfigError, type ConfigErrorCode, configError } from './config-error.ts';
import { formatPath } from './hocon/key-path.ts';
import type { ListenerConfig, ListenersConfig, TcpListenerConfig, TlsListenerConfig } from './listeners-config.ts';
import type { NanomqConfig } from './nanomq-config.ts';
import { formatAddress } from './schema/address.ts';
import type { SettingTree } from './setting-tree.ts';

type Kind = keyof ListenersConfig;

/**
 * Checks whether every listener has what it needs and no two want the same.
 * @throws ConfigError LISTENER_DUPLICATE, SETTING_MISSING, VALUE_INVALID
 */
export function checkListeners({ listeners }: NanomqConfig, tree: SettingTree): void {
  const seen = new Set<string>();
  for (const kind of ['tcp', 'ssl', 'ws', 'wss', 'unix'] as const) {
    const check = new ListenerCheck(kind, tree);
    for (const listener of listeners[kind]) {
      check.isUnique(listener, seen);
      if (!listener.enable) continue;
      if ('tls' in listener) check.hasCertificates(listener);
      // Who may open the file of a Unix socket is trusted; on the network anybody could claim to be anybody.
      const isOpen = kind !== 'unix' && listener.proxyProtocol?.trustedSources.length === 0;
      if (isOpen) check.fail('SETTING_MISSING', listener, 'proxy_protocol_sources', 'proxy_protocol needs it');
    }
  }
}

/** The checks of one kind of listener; each throws. */
class ListenerCheck {
  readonly #kind: Kind;
  readonly #tree: SettingTree;

  constructor(kind: Kind, tree: SettingTree) {
    this.#kind = kind;
    this.#tree = tree;
  }

  /** Names are told apart within a kind, addresses among all; port 0 may be asked for many times. */
  isUnique(listener: ListenerConfig, seen: Set<string>): void {
    const marks = [`name ${this.#kind} ${listener.name}`];
    const place = listener.enable ? this.#placeOf(listener) : undefined;
    if (place !== undefined) marks.push(place);
    const origin = this.#tree.originOf(this.#path(listener, 'path' in listener ? 'path' : 'bind'));
    for (const mark of marks) {
      if (seen.has(mark)) throw configError('LISTENER_DUPLICATE', origin, mark);
      seen.add(mark);
    }
  }

  hasCertificates(listener: TlsListenerConfig): void {
    const { tls } = listener;
    const need = (key: string, found: string | undefined, why: string) => {
      if (!found) this.fail('SETTING_MISSING', listener, key, why);
    };
    need('certfile', tls.certFile, 'a TLS listener needs it');
    need('keyfile', tls.keyFile, 'a TLS listener needs it');
    // Without it the authorities of the system would count, whose certificates anybody can buy.
    if (tls.verifyPeer) need('cacertfile', tls.caFile, 'verify_peer needs it');
    if (tls.minVersion > tls.maxVersion) {
      this.fail('VALUE_INVALID', listener, 'tls_max_version', 'it is below tls_min_version');
    }
  }

  fail(code: ConfigErrorCode, listener: ListenerConfig, name: string, detail: string): never {
    const path = this.#path(listener, name);
    const key = formatPath(path);
    const message = `${key}: ${CONFIG_ERRORS[code]}: ${detail}`;
    // Of a key nobody set, the address tells who wants the listener: the file, a variable or `--url`.
    const asked = this.#path(listener, 'path' in listener ? 'path' : 'bind');
    const origin = this.#tree.origins.get(key) ?? this.#tree.originOf(asked);
    throw new ConfigError([{ code, origin, key, message }]);
  }

  /** What only one may have, and has to have. */
  #placeOf(listener: ListenerConfig): string | undefined {
    if ('host' in listener) {
      const address = listener as TcpListenerConfig;
      if (address.host === '') this.fail('SETTING_MISSING', listener, 'bind', 'the listener needs it');
      return address.port === 0 ? undefined : `address ${formatAddress(address)}`;
    }
    const { path } = listener as ListenersConfig['unix'][number];
    return path === '' ? this.fail('SETTING_MISSING', listener, 'path', 'the listener needs it') : `socket ${path}`;
  }

  /** A named listener may be called `default` as well. */
  #path({ name }: ListenerConfig, key: string): readonly string[] {
    const named = ['listeners', this.#kind, name];
    const isNamed = name !== 'default' || this.#tree.get(named) !== undefined;
    return isNamed ? [...named, key] : ['listeners', this.#kind, key];
  }
}
