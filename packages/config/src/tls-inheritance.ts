import type { CheckedConfig } from './schema/config-schema.ts';
import { TLS_KEYS, type TlsKey } from './schema/tls-keys.ts';

/** The keys about TLS of one listener. */
export type TlsValues = { readonly [key in TlsKey]?: string | number | boolean | undefined };

/** A key without its certificate, or a list of revoked certificates without its authority, means nothing. */
const GROUPS: readonly (readonly TlsKey[])[] = [
  ['keyfile', 'certfile', 'key_password'],
  ['cacertfile', 'crlfile'],
];

/**
 * What a named TLS listener or one for secure WebSocket comes to: `listeners.ssl` stands in for every key it does not
 * set, so that none is opened with a weaker rule by leaving it out. Keys that belong together come from one place.
 */
export function inheritedTlsValues(own: TlsValues, { listeners }: CheckedConfig): TlsValues {
  const base: TlsValues = listeners.ssl;
  const isOwn = (key: TlsKey) =>
    (GROUPS.find((group) => group.includes(key)) ?? [key]).some((k) => own[k] !== undefined);
  return Object.fromEntries(TLS_KEYS.map((key) => [key, isOwn(key) ? own[key] : base[key]]));
}
