import { z } from 'zod';
import { dataReply } from './reply-schemas.ts';

/** Rules come in a body of a megabyte; a list that long is a mistake. */
const MAX_RULES = 10_000;

const text = z.string().min(1);
const condition = z
  .strictObject({ username: text, clientid: text, ipaddr: text })
  .partial()
  .describe('one of the three');

/** A rule as it stands in `auth.acl.rules`; what fits together is checked with the whole configuration. */
const rule = z
  .strictObject({
    permit: z.enum(['allow', 'deny']),
    action: z.enum(['publish', 'subscribe', 'pubsub']).optional().describe('without it `pubsub`'),
    username: text.optional(),
    clientid: text.optional(),
    ipaddr: text.optional(),
    ipaddrs: z.array(text).optional().describe('addresses and networks'),
    and: z.array(condition).optional(),
    or: z.array(condition).optional(),
    topics: z.array(text).optional().describe('without it all topics'),
  })
  .describe('the first rule that matches decides');

const aclFields = {
  enable: z.boolean().describe('false: everything is allowed'),
  no_match: z.enum(['allow', 'deny']).describe('outcome when no rule matches'),
  deny_action: z.enum(['ignore', 'disconnect']).describe('what becomes of a client whose message is refused'),
  rules: z.array(rule).max(MAX_RULES),
};

/** The reply to `GET /acl`. */
export const aclReply = dataReply(
  z.strictObject({ ...aclFields, places: z.array(z.string().nullable()).describe('`file:line` of each rule') }),
);

/** Body of `PUT /acl`. `places` is taken as it is shown and means nothing. */
export const aclChange = z.strictObject({ ...aclFields, places: z.array(z.unknown()) }).partial();

/** What `PUT /acl` is asked. */
export type AclChange = z.output<typeof aclChange>;

/** Body of `POST /acl/explain`. */
export const aclQuestion = z.strictObject({
  clientid: z.string(),
  username: z.string().optional().describe('without it the client gives none'),
  remote_address: z.string().default('').describe('without it rules for addresses do not match'),
  action: z.enum(['publish', 'subscribe', 'receive']).describe('`receive`: a message, whatever filter brought it'),
  topic: text.describe('topic name; for `subscribe` a topic filter'),
});

/** The reply to `POST /acl/explain`. */
export const explanationReply = dataReply(
  z.strictObject({
    allowed: z.boolean(),
    rule: z
      .strictObject({
        number: z.int().min(1),
        file: z.string().nullable(),
        line: z.int().nullable(),
        rule: z.looseObject({}),
      })
      .nullable()
      .describe('null: no rule decides'),
    text: z.string().describe('the same in one line'),
  }),
);
