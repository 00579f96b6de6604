/** What a listener takes also while the rest of its change waits: its certificates and the rules about them. */
const CERTIFICATE_KEYS: ReadonlySet<string> = new Set([
  'keyfile',
  'certfile',
  'key_password',
  'cacertfile',
  'crlfile',
  'verify_peer',
  'fail_if_no_peer_cert',
  'tls_min_version',
  'tls_max_version',
]);

/**
 * Tells whether a setting belongs to a listener whose change waits for a restart.
 * @param held  names of listeners, `tcp:default`
 */
export function isHeldSetting(held: readonly string[]): (path: readonly string[]) => boolean {
  const names = new Set(held);
  return ([section, kind = '', name = '', key]) => {
    if (section !== 'listeners') return false;
    // `listeners.tcp.bind` is of the unnamed one, `listeners.tcp.internal.bind` of the one of that name.
    const [listener, setting] = key === undefined ? ['default', name] : [name, key];
    return names.has(`${kind}:${listener}`) && !CERTIFICATE_KEYS.has(setting);
  };
}
