import { z } from 'zod';
import { aclRules } from './acl-rules.ts';
import { httpAuthSection } from './http-auth-section.ts';
import { jwtAuthSection } from './jwt-auth-section.ts';
import { known, used, usedIfSet } from './setting.ts';
import { bool, readWith, text, word } from './value-kinds.ts';

/** Which part of a client certificate is the user name. */
export const CERTIFICATE_NAMES = ['off', 'cn', 'subject'] as const;

const password = readWith<string>('text', (found) => {
  const value = text.schema.safeParse(found).data;
  return value === undefined || value === '' ? { code: 'VALUE_INVALID', allowed: 'a text, not empty' } : { value };
});

/** `auth`. */
export const authSection = z
  .object({
    allow_anonymous: used(bool, {
      default: true,
      reload: 'live',
      env: 'ALLOW_ANONYMOUS',
      meaning: 'accept clients without user name and password',
      differs: 'NanoMQ then accepts clients with a wrong password too',
    }),
    enable: usedIfSet(bool, {
      absent: 'true when `auth.password` stands in the file',
      reload: 'live',
      meaning: 'use the users of `auth.password`',
    }),
    no_match: used(word(['allow', 'deny']), {
      default: 'allow',
      reload: 'live',
      meaning: 'outcome when no rule matches',
    }),
    deny_action: used(word(['ignore', 'disconnect']), {
      default: 'ignore',
      reload: 'live',
      meaning: 'what becomes of a client whose message is refused: only the message is dropped, or it is disconnected',
      differs: 'NanoMQ does the one where its manual says the other',
    }),
    peer_cert_as_username: used(word(CERTIFICATE_NAMES), {
      default: 'off',
      reload: 'live',
      meaning: 'the user name is the common name or subject of the client certificate (`verify_peer`)',
      differs: 'NanoMQ does not know it',
    }),
    bind_client_to_user: used(bool, {
      default: false,
      reload: 'live',
      meaning: 'a session belongs to the user name it began with; others cannot take over its client identifier',
      differs: 'NanoMQ does not know it',
    }),
    recheck_retained: used(bool, {
      default: false,
      reload: 'live',
      meaning: 'a retained message goes out only while its publisher may still publish it',
      differs: 'NanoMQ does not know it',
    }),
    password: z
      .record(
        z.string(),
        usedIfSet(password, {
          absent: 'none',
          reload: 'live',
          secret: true,
          meaning: 'password of the user of this name, plain or hashed (`nanomq passwd`)',
        }),
      )
      .optional(),
    acl: z
      .object({
        enable: used(bool, { default: true, reload: 'live', meaning: 'use the rules and `no_match`' }),
        rules: usedIfSet(aclRules, {
          absent: 'required when `auth.acl` stands in the file',
          reload: 'live',
          meaning:
            'access rules `{permit, action, username, clientid, ipaddr, ipaddrs, and, or, topics}`; the first match decides',
          differs: 'NanoMQ drops a wrong rule, and `ipaddrs` never matches there',
        }),
      })
      .prefault({}),
    http_auth: httpAuthSection,
    jwt: jwtAuthSection,
    cache: z
      .object({
        max_size: known('number', 'appears in examples of NanoMQ, not read there'),
        ttl: known('duration', 'appears in examples of NanoMQ, not read there'),
      })
      .optional(),
  })
  .prefault({});
