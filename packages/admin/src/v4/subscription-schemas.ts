import { z } from 'zod';
import { listReply, pagingFields } from './paging.ts';
import { count, qos } from './reply-schemas.ts';

/** Filters of `GET /subscriptions`; every one given must hold. */
export const subscriptionQuery = z.strictObject({
  clientid: z.string().optional().describe('client identifier'),
  topic: z.string().optional().describe('topic filter, exactly as subscribed'),
  qos: z
    .enum(['0', '1', '2'])
    .transform((value) => Number(value) as 0 | 1 | 2)
    .optional(),
  share: z.string().optional().describe('share name of a shared subscription'),
  ...pagingFields,
});

/** A subscription in the list. The last three fields are ours. */
export const subscriptionRowSchema = z.strictObject({
  clientid: z.string(),
  topic: z.string().describe('topic filter as the client wrote it, with `$share/name/`'),
  qos,
  no_local: z.boolean(),
  retain_as_published: z.boolean(),
  subscription_identifier: count.describe('0 = none'),
});

/** A row of the list. */
export type SubscriptionRow = z.infer<typeof subscriptionRowSchema>;

/** A list of subscriptions. */
export const subscriptionListReply = listReply(subscriptionRowSchema);
