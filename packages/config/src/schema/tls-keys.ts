import { used, usedIfSet } from './setting.ts';
import { bool, number, readWith, text } from './value-kinds.ts';

const version = readWith<'1.2' | '1.3'>('`1.2`, `1.3`', (found) => {
  const word = String(found).replace(/^tlsv/i, '');
  return word === '1.2' || word === '1.3'
    ? { value: word }
    : { code: 'VALUE_INVALID', allowed: 'one of 1.2, 1.3 (older versions are broken)' };
});

const handshakes = number({ min: 1, max: 1_000_000 });

const MEANINGS = {
  keyfile: 'private key (PEM)',
  certfile: 'certificate, and those between it and the authority (PEM)',
  key_password: 'password of the private key',
  cacertfile: 'certificates of the authorities that clients may come from (PEM)',
  crlfile: 'revocation lists, one for each authority between a client and its root (PEM)',
  verify_peer: 'ask the client for a certificate and refuse a wrong one; needs `cacertfile`',
  fail_if_no_peer_cert: 'with `verify_peer`: refuse clients without certificate',
  tls_min_version: 'lowest version of TLS',
  tls_max_version: 'highest version of TLS',
  max_handshakes: 'most TLS handshakes that are calculated at once; more wait',
} as const;

/** A key about TLS. */
export type TlsKey = keyof typeof MEANINGS;

/** All of them, in the order of the schema. */
export const TLS_KEYS = Object.keys(MEANINGS) as readonly TlsKey[];

/** The keys of `listeners.ssl` itself, with NanoMQ's variables. */
export function tlsKeys() {
  const required = 'required where it listens';
  return {
    keyfile: usedIfSet(text, { absent: required, env: 'TLS_KEY_PATH', reload: 'live', meaning: MEANINGS.keyfile }),
    certfile: usedIfSet(text, { absent: required, env: 'TLS_CERT_PATH', reload: 'live', meaning: MEANINGS.certfile }),
    key_password: usedIfSet(text, {
      absent: 'none',
      env: 'TLS_KEY_PASSWORD',
      secret: true,
      reload: 'live',
      meaning: MEANINGS.key_password,
    }),
    cacertfile: usedIfSet(text, {
      absent: 'none',
      env: 'TLS_CA_CERT_PATH',
      reload: 'live',
      meaning: MEANINGS.cacertfile,
    }),
    crlfile: usedIfSet(text, { absent: 'none', reload: 'live', meaning: MEANINGS.crlfile }),
    verify_peer: used(bool, { default: false, env: 'TLS_VERIFY_PEER', reload: 'live', meaning: MEANINGS.verify_peer }),
    fail_if_no_peer_cert: used(bool, {
      default: false,
      env: 'TLS_FAIL_IF_NO_PEER_CERT',
      reload: 'live',
      meaning: MEANINGS.fail_if_no_peer_cert,
    }),
    tls_min_version: used(version, { default: '1.2', reload: 'live', meaning: MEANINGS.tls_min_version }),
    tls_max_version: used(version, { default: '1.3', reload: 'live', meaning: MEANINGS.tls_max_version }),
    max_handshakes: used(handshakes, { default: 64, reload: 'live', meaning: MEANINGS.max_handshakes }),
  };
}

/** The same keys where `listeners.ssl` stands in for what is not set. */
export function inheritingTlsKeys() {
  const meta = (key: TlsKey) => ({ absent: 'as `listeners.ssl`', reload: 'live' as const, meaning: MEANINGS[key] });
  return {
    keyfile: usedIfSet(text, meta('keyfile')),
    certfile: usedIfSet(text, meta('certfile')),
    key_password: usedIfSet(text, { ...meta('key_password'), secret: true }),
    cacertfile: usedIfSet(text, meta('cacertfile')),
    crlfile: usedIfSet(text, meta('crlfile')),
    verify_peer: usedIfSet(bool, meta('verify_peer')),
    fail_if_no_peer_cert: usedIfSet(bool, meta('fail_if_no_peer_cert')),
    tls_min_version: usedIfSet(version, meta('tls_min_version')),
    tls_max_version: usedIfSet(version, meta('tls_max_version')),
    max_handshakes: usedIfSet(handshakes, meta('max_handshakes')),
  };
}
