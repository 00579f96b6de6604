import { networkList } from './network-list.ts';
import { originList } from './origin-list.ts';
import { used, usedIfSet } from './setting.ts';
import { bool, duration, readWith, text } from './value-kinds.ts';

const HOUR_MS = 3_600_000;

/** What `enable` of a section comes to without the key. */
export const WHEN_PRESENT = 'true when the section stands in the file, and not with named listeners only';

/** The keys of every listener but address and `enable`. */
export function commonKeys() {
  return {
    handshake_timeout: used(duration({ minMs: 1, maxMs: HOUR_MS }), {
      default: '10s',
      reload: 'live',
      meaning: 'longest time before MQTT may begin: PROXY header, TLS and WebSocket handshake',
    }),
    proxy_protocol: used(bool, {
      default: false,
      reload: 'live',
      meaning: 'every connection begins with a PROXY protocol header, version 1 or 2, which tells the client address',
    }),
  };
}

/** Beside {@link commonKeys}, for listeners that the network reaches. */
export function networkKeys() {
  return {
    ...commonKeys(),
    proxy_protocol_sources: usedIfSet(networkList, {
      absent: 'required with `proxy_protocol`',
      reload: 'live',
      meaning: 'addresses of the proxies; connections from others are closed, for they could claim to be anybody',
    }),
  };
}

/** Of listeners for WebSocket. */
export function webSocketKeys() {
  return {
    origins: usedIfSet(originList, {
      absent: 'any',
      reload: 'live',
      meaning: 'web pages of these origins may connect; clients that send no origin, as programs do, always may',
    }),
  };
}

/** Linux: the longest path of a Unix socket, one byte less than its field. */
const MAX_SOCKET_PATH_BYTES = 107;

/** The path of a Unix socket. */
export const socketPath = readWith<string>('text', (found) => {
  const value = text.schema.safeParse(found).data;
  const isPossible = value !== undefined && value !== '' && Buffer.byteLength(value) <= MAX_SOCKET_PATH_BYTES;
  return isPossible ? { value } : { code: 'VALUE_INVALID', allowed: `a path of 1 to ${MAX_SOCKET_PATH_BYTES} bytes` };
});

/** Three octal digits, as `chmod` takes them. */
export const fileMode = readWith('text', (found) => {
  const [, value] = /^0?([0-7]{3})$/.exec(text.schema.safeParse(found).data ?? '') ?? [];
  return value === undefined ? { code: 'VALUE_INVALID', allowed: 'three octal digits, such as 660' } : { value };
});
