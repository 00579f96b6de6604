import { z } from 'zod';
import { listReply, pagingFields } from './paging.ts';
import { count, dataReply, qos, time } from './reply-schemas.ts';

/** Which retained messages to list. */
export const retainedQuery = z.strictObject({
  topic: z.string().default('#').describe('topic filter; `#` lists all but those that begin with `$`'),
  ...pagingFields,
});

/** Which retained messages to delete. */
export const retainedDeleteQuery = z.strictObject({ topic: z.string().describe('topic filter') });

const rowFields = { topic: z.string(), qos, payload_bytes: count, expires_at: time };

/** A retained message in the list, without its payload. */
export const retainedRowSchema = z.strictObject(rowFields);

/** A row of the list. */
export type RetainedRow = z.infer<typeof retainedRowSchema>;

/** A list of retained messages. */
export const retainedListReply = listReply(retainedRowSchema);

/** One retained message. */
export const retainedReply = dataReply(
  z.strictObject({
    ...rowFields,
    payload: z.string().describe('base64'),
    payload_text: z.string().nullable().describe('as text; null when the payload is no UTF-8'),
  }),
);

/** How many retained messages were deleted. */
export const retainedDeletedReply = dataReply(z.strictObject({ deleted: count }));
