import { z } from 'zod';
import { listReply, pagingFields } from './paging.ts';
import { count, time } from './reply-schemas.ts';

/** Filters of `GET /clients`; every one given must hold. */
export const clientQuery = z.strictObject({
  clientid: z.string().optional().describe('client identifier'),
  client_id: z.string().optional().describe('the same as `clientid`'),
  username: z.string().optional(),
  conn_state: z
    .string()
    .regex(/^(?:connected|disconnected|idle)$/i, 'must be connected, disconnected or idle')
    .transform((value) => value.toLowerCase())
    .optional()
    .describe('`connected`, `disconnected`; `idle` finds nobody'),
  clean_start: z
    .string()
    .regex(/^(?:true|false)$/i, 'must be true or false')
    .transform((value) => value.toLowerCase() === 'true')
    .optional(),
  proto_name: z.string().optional().describe('`MQTT`, `MQIsdp`'),
  proto_ver: z
    .enum(['3', '4', '5'])
    .transform((value) => Number(value) as 3 | 4 | 5)
    .optional(),
  ...pagingFields,
});

/** What `GET /clients` is asked. */
export type ClientQuery = z.output<typeof clientQuery>;

/** A client in the list. The last fields are ours. */
export const clientRowSchema = z.strictObject({
  client_id: z.string(),
  username: z.string().describe("'' if it gave none"),
  keepalive: count.describe('seconds'),
  conn_state: z.enum(['connected', 'disconnected']),
  clean_start: z.boolean(),
  proto_name: z.enum(['MQTT', 'MQIsdp']),
  proto_ver: z.int().min(3).max(5),
  recv_msg: count.describe('PUBLISH packets received from it'),
  will_topic: z.string().optional().describe('only with a will'),
  will_msg: z.string().optional().describe('only with a will; bytes that are no UTF-8 show as U+FFFD'),
  remote_address: z.string(),
  listener: z.string().describe("'' while offline"),
  connected_at: time,
  session_expiry_interval: count.nullable().describe('seconds; null = never'),
  subscriptions: count,
  inflight: count.describe('QoS 1 and 2 sent and not acknowledged'),
  queued: count.describe('messages that wait behind them'),
});

/** A row of the list. */
export type ClientRow = z.infer<typeof clientRowSchema>;

/** A list of clients. */
export const clientListReply = listReply(clientRowSchema);
