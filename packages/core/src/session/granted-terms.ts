import type { ConnectPacket } from '@nanomq-ts/codec';
import type { ShardOptions } from '../shard-options.ts';

/** What of a session expiry interval is granted, in seconds: at most `maxSessionExpirySeconds`. */
export function grantedExpirySeconds(
  { maxSessionExpirySeconds }: ShardOptions,
  { sessionExpirySeconds }: { readonly sessionExpirySeconds: number },
): number {
  return maxSessionExpirySeconds > 0 ? Math.min(maxSessionExpirySeconds, sessionExpirySeconds) : sessionExpirySeconds;
}

/**
 * The keep alive that holds, in seconds: the server's own where it is shorter than what the client asked for. Only a
 * client of MQTT 5.0 can be told, so the others keep theirs. [MQTT-3.2.2-22] [v3.1.1 MQTT-3.1.2-24]
 */
export function grantedKeepAliveSeconds(
  { serverKeepAliveSeconds }: ShardOptions,
  { keepAliveSeconds, protocolVersion }: ConnectPacket,
): number {
  if (serverKeepAliveSeconds === 0 || protocolVersion !== 5) return keepAliveSeconds;
  return keepAliveSeconds === 0 || keepAliveSeconds > serverKeepAliveSeconds
    ? serverKeepAliveSeconds
    : keepAliveSeconds;
}
