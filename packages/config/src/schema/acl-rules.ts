// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { isIP } from 'node:net';
import { z } from 'zod';
import { isNetwork } from './network-list.ts';
import type { ValueKind } from './setting.ts';
import { readWith, text, word } from './value-kinds.ts';

/** MQTT 5.0, 1.5.4: the longest text a packet can carry. */
const MAX_TOPIC_BYTES = 65_535;
const PLACEHOLDERS = new Set(['${clientid}', '${username}']);
const SUBJECTS = ['username', 'clientid', 'ipaddr', 'ipaddrs', 'and', 'or'] as const;

const name = textThat('a text, not empty', (found) => found !== '');
const address = textThat('an IP address', (found) => isIP(found) !== 0);
const network = textThat('an IP address or a network such as 10.0.0.0/8', isNetwork);

/** `@text` compares exactly; anything else is a filter, and one that no packet could carry would never match. */
const topic = textThat(
  'a topic filter with ${clientid} and ${username} as the only placeholders, or "@" and a text',
  (found) => {
    const body = found.startsWith('@') ? found.slice(1) : found;
    const isKnown = (body.match(/\$\{[^}]*\}?/g) ?? []).every((placeholder) => PLACEHOLDERS.has(placeholder));
    const isPossible = body !== '' && !body.includes('\0') && Buffer.byteLength(body) <= MAX_TOPIC_BYTES;
    return isKnown && isPossible && (body !== found || isFilter(body));
  },
);

const condition = z
  .strictObject({ username: name.optional(), clientid: name.optional(), ipaddr: address.optional() })
  .superRefine((found, context) => {
    if (Object.keys(found).length === 1) return;
    context.addIssue({ code: 'custom', message: 'one of username, clientid, ipaddr in each condition' });
  });

const rule = z
  .strictObject({
    permit: word(['allow', 'deny']).schema,
    action: word(['publish', 'subscribe', 'pubsub']).schema.prefault('pubsub'),
    username: name.optional(),
    clientid: name.optional(),
    ipaddr: address.optional(),
    ipaddrs: filledList(network, 'addresses').optional(),
    and: filledList(condition, 'conditions').optional(),
    or: filledList(condition, 'conditions').optional(),
    topics: filledList(topic, 'topic filters').optional(),
  })
  .superRefine((found, context) => {
    if (SUBJECTS.filter((subject) => found[subject] !== undefined).length <= 1) return;
    // NanoMQ takes one and forgets the others, so that a rule would hold for more clients than it says.
    context.addIssue({ code: 'custom', message: `at most one of ${SUBJECTS.join(', ')}; join several with "and"` });
  });

/** `auth.acl.rules`: one wrong rule refuses the configuration, because without it another rule would decide. */
export const aclRules = { type: 'list of rules', schema: filledList(rule, 'rules') } satisfies ValueKind<unknown>;

/** One rule as it stands in the file, checked, `action` filled in. */
export type CheckedAclRule = z.output<typeof rule>;

function textThat(allowed: string, isRight: (found: string) => boolean): z.ZodType<string, unknown> {
  return readWith<string>('text', (found) => {
    const value = text.schema.safeParse(found).data;
    return value !== undefined && isRight(value) ? { value } : { code: 'VALUE_INVALID', allowed };
  }).schema;
}

/** An empty list is more likely a lost file than a wish. */
function filledList<T>(item: z.ZodType<T, unknown>, of: string): z.ZodType<readonly T[], unknown> {
  const list = z.unknown().transform((found, context): unknown[] => {
    if (Array.isArray(found) && found.length > 0) return found;
    context.addIssue({ code: 'custom', message: `a list of ${of}, not empty` });
    return z.NEVER;
  });
  return list.pipe(z.array(item)) as z.ZodType<readonly T[], unknown>;
}

/** MQTT 5.0, 4.7.1: `#` is the whole last level, `+` a whole level. */
function isFilter(filter: string): boolean {
  const levels = filter.split('/');
  return levels.every((level, index) =>
    level.includes('#') ? level === '#' && index === levels.length - 1 : level === '+' || !level.includes('+'),
  );
}
