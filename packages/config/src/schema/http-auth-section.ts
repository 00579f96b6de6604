import { z } from 'zod';
import { known, used, usedIfSet } from './setting.ts';
import { bool, duration, number, readWith, text, word } from './value-kinds.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const url = readWith<string>('URL', (found) => {
  const isHttp = typeof found === 'string' && URL.canParse(found) && /^https?:$/.test(new URL(found).protocol);
  return isHttp ? { value: found } : { code: 'VALUE_INVALID', allowed: 'a URL such as http://127.0.0.1:8080/auth' };
});

/** The placeholders of NanoMQ: an unknown one would be sent as it is, and the server decide by it. */
const parameter = readWith<string>('text', (found) => {
  const value = text.schema.safeParse(found).data;
  return value !== undefined && !/%(?![ucPapmCdrAt])/.test(value)
    ? { value }
    : {
        code: 'VALUE_INVALID',
        allowed: 'a text with %u, %c, %P, %a, %p, %m, %C, %d, %r, %A, %t as the only placeholders',
      };
});

const header = readWith<string>('text', (found) => {
  const value = text.schema.safeParse(found).data;
  return value !== undefined && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    ? { value }
    : { code: 'VALUE_INVALID', allowed: 'a text on one line' };
});

const request = (what: string) =>
  z
    .object({
      url: usedIfSet(url, {
        absent: 'required where the section stands in the file',
        reload: 'live',
        meaning: `where ${what} is asked`,
      }),
      method: used(word(['POST', 'GET']), { default: 'POST', reload: 'live', meaning: 'method of the request' }),
      headers: z
        .record(
          z.string(),
          usedIfSet(header, { absent: 'none', secret: true, reload: 'live', meaning: 'header of the request' }),
        )
        .optional(),
      params: z
        .record(
          z.string(),
          usedIfSet(parameter, {
            absent: 'none',
            secret: true,
            reload: 'live',
            meaning:
              'parameter: `%u` user name, `%c` client identifier, `%P` password, `%a` address, `%p` port, `%C` and `%d` common name and subject of the certificate, `%r` protocol, `%A` access (1 subscribe, 2 publish), `%t` topic',
          }),
        )
        .optional(),
      ssl: known('section', 'TLS of the request', { secret: true }),
    })
    .optional();

/** `auth.http_auth`: asks an HTTP server; 200 admits, anything else and no answer refuse. */
export const httpAuthSection = z
  .object({
    enable: usedIfSet(bool, {
      absent: 'true when the section stands in the file',
      reload: 'live',
      meaning: 'ask an HTTP server',
    }),
    timeout: used(duration({ minMs: 0, maxMs: HOUR_MS }), {
      default: '5s',
      reload: 'live',
      meaning: 'longest time of a whole request; 0: as long as it takes',
    }),
    connect_timeout: used(duration({ minMs: 1, maxMs: HOUR_MS }), {
      default: '5s',
      reload: 'live',
      meaning: 'longest time of connecting',
    }),
    pool_size: used(number({ min: 1, max: 65_535, zeroMeans: 32 }), {
      default: 32,
      reload: 'live',
      meaning: 'most connections',
    }),
    cache_ttl: used(duration({ minMs: 0, maxMs: DAY_MS }), {
      default: '0s',
      reload: 'live',
      meaning: 'how long a positive answer is remembered; 0: not at all',
    }),
    auth_req: request('whether a client may enter'),
    super_req: request('whether a client may do everything'),
    acl_req: request('whether a client may publish or subscribe'),
  })
  .prefault({});
