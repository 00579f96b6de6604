import { z } from 'zod';
import { v1ChangeSchema, v1SettingsSchema } from './v1-settings-schema.ts';

const seq = z.int().describe('chosen by the caller, repeated in the reply');
const count = z.int().min(0);

function request<R extends number>(req: R) {
  return z.object({ req: z.literal(req), seq });
}

/** What each request code takes. Further keys are ignored, as in NanoMQ. */
export const v1RequestSchemas = {
  2: request(2).describe('broker statistics'),
  4: request(4).describe('subscriptions'),
  5: request(5).describe('clients'),
  10: request(10)
    .extend({ action: z.string().regex(/^(?:stop|restart)$/i, 'must be stop or restart') })
    .describe('control'),
  11: request(11).describe('get configuration'),
  12: request(12).extend({ data: v1ChangeSchema }).describe('set configuration'),
  13: request(13).describe('topic tree'),
} as const;

/** A request code that is served. */
export type V1RequestCode = keyof typeof v1RequestSchemas;

/** Any request of API v1. */
export const v1RequestSchema = z.discriminatedUnion('req', [
  v1RequestSchemas[2],
  v1RequestSchemas[4],
  v1RequestSchemas[5],
  v1RequestSchemas[10],
  v1RequestSchemas[11],
  v1RequestSchemas[12],
  v1RequestSchemas[13],
]);

/** A checked request. */
export type V1Request = z.infer<typeof v1RequestSchema>;

function reply<R extends number>(rep: R) {
  return z.strictObject({ code: z.literal(0), seq, rep: z.literal(rep) });
}

/** What each request code is answered with when it succeeds (status 200). */
export const v1ReplySchemas = {
  2: reply(2).extend({
    data: z.strictObject({ client_size: count, message_in: count, message_out: count, message_drop: count }),
  }),
  4: reply(4).extend({
    data: z.array(
      z.strictObject({
        client_id: z.string(),
        subscriptions: z.array(z.strictObject({ topic: z.string(), qos: z.int().min(0).max(2) })),
      }),
    ),
  }),
  5: reply(5).extend({
    data: z.array(
      z.strictObject({
        client_id: z.string(),
        username: z.string(),
        keepalive: count,
        protocol: z.int().min(3).max(5),
        connect_status: z.int().min(0).max(1),
        message_receive: count,
      }),
    ),
  }),
  10: reply(10),
  11: reply(11).extend({ data: v1SettingsSchema }),
  12: reply(12),
  13: reply(13).extend({
    data: z.array(
      z.array(z.strictObject({ topic: z.string(), cld_cnt: count, client_id: z.array(z.string()).min(1).optional() })),
    ),
  }),
} as const;

/** Every reply that is not a success; `seq` and `rep` as far as they could be read. */
export const v1ErrorSchema = z.strictObject({
  code: z.int().min(101).max(116),
  seq: z.int().optional(),
  rep: z.int().optional(),
  msg: z.string(),
});
