import { isIPv6 } from 'node:net';
import type { ValueKind } from './setting.ts';
import { readWith } from './value-kinds.ts';

const NAME = /^[\w.-]+$/;

/** A host name or IP address without port; brackets around IPv6 and a leading `http://` are taken away. */
export const host: ValueKind<string> = readWith('host', (found) => {
  const written = typeof found === 'string' ? found.trim().replace(/^https?:\/\//, '') : '';
  const value = written.replace(/\/$/, '').replace(/^\[(.*)\]$/, '$1');
  return NAME.test(value) || isIPv6(value)
    ? { value }
    : { code: 'VALUE_INVALID', allowed: 'a host name or IP address without port, such as 127.0.0.1' };
});
