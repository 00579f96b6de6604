import { z } from 'zod';
import { clientRowSchema } from '../v4/client-schemas.ts';
import { count, time } from '../v4/reply-schemas.ts';
import { subscriptionRowSchema } from '../v4/subscription-schemas.ts';

/** The kinds of events a reader may choose from; `lost` comes unasked. */
export const EVENT_TYPES = ['connected', 'disconnected', 'subscribed', 'unsubscribed', 'dropped'] as const;

/** A kind of event. */
export type EventType = (typeof EVENT_TYPES)[number];

/** `data` of each event, as JSON on one line. */
export const eventSchemas = {
  connected: z.strictObject({ at: time, client: clientRowSchema }),
  disconnected: z.strictObject({ at: time, clientid: z.string(), reason_code: z.int().min(0).max(255) }),
  subscribed: z.strictObject({ at: time, ...subscriptionRowSchema.shape }),
  unsubscribed: z.strictObject({ at: time, clientid: z.string(), topic: z.string() }),
  dropped: z.strictObject({ at: time, reason: z.string(), count }),
  lost: z.strictObject({ at: time, count }),
} as const;

function isTypes(value: string): boolean {
  return value.split(',').every((type) => (EVENT_TYPES as readonly string[]).includes(type));
}

/** Which events to send. */
export const eventQuery = z.strictObject({
  type: z
    .string()
    .refine(isTypes, `must be a list of ${EVENT_TYPES.join(', ')}`)
    .transform((value) => new Set(value.split(',') as EventType[]))
    .optional()
    .describe(`kinds separated by commas: ${EVENT_TYPES.join(', ')}; by default all`),
  clientid: z.string().optional().describe('only what concerns this client; `dropped` concerns none'),
});

/** What a reader asks for. */
export type EventQuery = z.output<typeof eventQuery>;
