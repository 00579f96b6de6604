import { z } from 'zod';
import { known, used } from './setting.ts';
import { bool } from './value-kinds.ts';

const request = z
  .object({
    url: known('URL', 'address of the request'),
    method: known('`POST`, `GET`', 'method of the request', { default: 'POST' }),
    headers: z.record(z.string(), known('text', 'header of the request', { secret: true })).optional(),
    params: z.record(z.string(), known('text', 'parameter of the request, with placeholders such as `%u`')).optional(),
    ssl: known('section', 'TLS of the request', { secret: true }),
  })
  .optional();

const httpAuth = z
  .object({
    enable: known('true or false', 'ask an HTTP server', { default: 'true when present' }),
    timeout: known('duration', 'of the whole request', { default: '5s' }),
    connect_timeout: known('duration', 'of connecting', { default: '5s' }),
    pool_size: known('number', 'connections', { default: '32' }),
    cache_ttl: known('duration', 'how long a positive answer is remembered', { default: '0s' }),
    auth_req: request,
    super_req: request,
    acl_req: request,
  })
  .optional();

/** `auth`. */
export const authSection = z
  .object({
    allow_anonymous: used(bool, {
      default: true,
      reload: 'live',
      env: 'ALLOW_ANONYMOUS',
      meaning: 'accept clients without user name and password',
    }),
    enable: known('true or false', 'use the password list', { default: 'true once `auth.password` exists' }),
    no_match: known('`allow`, `deny`', 'outcome when no rule matches', { default: 'allow' }),
    deny_action: known('`ignore`, `disconnect`', 'what happens to a refused publisher', { default: 'ignore' }),
    password: z.record(z.string(), known('text', 'password of the user of this name', { secret: true })).optional(),
    acl: z
      .object({
        enable: known('true or false', 'use the rules', { default: 'true' }),
        rules: known('list', 'access rules, first match decides'),
      })
      .optional(),
    http_auth: httpAuth,
    cache: z
      .object({
        max_size: known('number', 'appears in examples of NanoMQ, not read there'),
        ttl: known('duration', 'appears in examples of NanoMQ, not read there'),
      })
      .optional(),
  })
  .prefault({});
