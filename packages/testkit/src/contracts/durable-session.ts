import type { RawConnectOptions } from '../raw-client.ts';

/** A session that outlives its connection, in the words of each version. */
export function durable(version: 3 | 4 | 5, clientId: string): RawConnectOptions {
  if (version !== 5) return { clientId, clean: false };
  return { clientId, clean: false, properties: { sessionExpiryInterval: 600 } };
}
