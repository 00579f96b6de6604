import { z } from 'zod';
import { count, dataReply } from './reply-schemas.ts';

const MAX_UINT32 = 0xffff_ffff;

/** One topic, or several separated by commas; at least one of both. */
export const topicFields = {
  topic: z.string().optional().describe('one topic; this or `topics` is required'),
  topics: z.string().optional().describe('several topics separated by `,`'),
};

const encoding = z.enum(['plain', 'base64']);

const propertiesSchema = z
  .object({
    payload_format_indicator: z.int().min(0).max(1).optional(),
    message_expiry_interval: z.int().min(0).max(MAX_UINT32).optional().describe('seconds'),
    response_topic: z.string().optional(),
    correlation_data: z.string().optional(),
    subscription_identifier: count.optional().describe('taken and not sent: only the broker may set it'),
    content_type: z.string().optional(),
    user_properties: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('numbers and booleans are sent as text'),
  })
  .describe('properties of MQTT 5.0');

/** Body of `POST /mqtt/publish`. Further keys are ignored, as in NanoMQ. */
export const publishSchema = z.object({
  ...topicFields,
  payload: z.string(),
  clientid: z.string().default('NanoMQ-HTTP-Client').describe('the publisher, for access rules'),
  qos: z.int().min(0).max(2).default(0),
  retain: z.boolean().default(false),
  encoding: encoding.default('plain').describe('`base64`: the payload is encoded before it is published'),
  decoding: encoding.default('plain').describe('`base64`: the payload is given in base64 and decoded first'),
  properties: propertiesSchema.default({}),
});

/** What `POST /mqtt/publish` is asked. */
export type PublishRequest = z.output<typeof publishSchema>;

/** Body of `POST /mqtt/subscribe`. */
export const subscribeSchema = z.object({
  ...topicFields,
  clientid: z.string().describe('client identifier of a session that exists'),
  qos: z.int().min(0).max(2).default(0),
});

/** Body of `POST /mqtt/unsubscribe`. */
export const unsubscribeSchema = z.object({ ...topicFields, clientid: z.string() });

/** What became of one topic of a batch. */
export interface BatchItem {
  readonly topic: string;
  readonly clientid?: string;
  readonly code: number;
  readonly msg?: string;
}

/** The reply to a batch: each topic with a code of its own, in the order given. */
export const batchReply = dataReply(
  z.array(
    z.strictObject({
      topic: z.string().describe("'' when it could not be read"),
      clientid: z.string().optional().describe('only for subscriptions'),
      code: z.int().min(0).describe('0, or why it was refused'),
      msg: z.string().optional(),
    }),
  ),
);
