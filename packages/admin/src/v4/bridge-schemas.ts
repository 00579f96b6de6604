import { z } from 'zod';
import { bridgeNode } from './configuration-schemas.ts';
import { count, dataReply, qos, time } from './reply-schemas.ts';

const MAX_SUBSCRIPTION_IDENTIFIER = 268_435_455;
/** Names of the configuration are keys of a section. */
const topic = z.string().max(65_535);

const status = z.strictObject({
  state: z.enum(['off', 'connecting', 'connected']),
  since: time,
  server: z.string().nullable().describe('connected to, or tried last; null before the first attempt'),
  connections: count,
  last_error: z.strictObject({ text: z.string(), at: time }).nullable(),
  reconnects: count,
  backlog: z.strictObject({
    messages: count,
    bytes: count,
    oldest_seconds: z.number().min(0).describe('age of the oldest'),
  }),
  sent: z.strictObject({ messages: count, bytes: count, rate: z.number().min(0).describe('messages a second') }),
  received: z.strictObject({ messages: count, bytes: count, rate: z.number().min(0).describe('messages a second') }),
  dropped_out: z.record(z.string(), count).describe('by reason: what did not reach the remote broker'),
  dropped_in: z.record(z.string(), count).describe('by reason: what came from it and went no further'),
});

/** How a bridge is, as a reply tells it. */
export type BridgeStatusRow = z.infer<typeof status>;

const node = bridgeNode.extend({ status });

/** A bridge and how it is. */
export type BridgeRow = z.infer<typeof node>;

/** The reply to `GET /bridges[/{name}]`. */
export const bridgesReply = dataReply(z.strictObject({ bridge: z.strictObject({ nodes: z.array(node) }) }));

/** Body of `PUT /bridges/{name}`: one key, the name of the bridge; below it keys of its section. */
export const bridgeChange = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .describe('the name of the bridge, and under it keys of its section in the file; null takes a key away');

/** Body of `POST /bridges/switch/{name}`. */
export const switchBody = z.object({ data: z.object({ bridge_switch: z.boolean() }) });

const userProperties = z.array(z.object({ key: z.string(), value: z.string() })).optional();
// Numbers in the manual, true and false elsewhere.
const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

/** Body of `POST /bridges/sub/{name}`. Further keys are ignored, as in NanoMQ. */
export const subscribeBody = z.object({
  data: z.object({
    subscription: z
      .array(
        z.object({
          remote_topic: topic.min(1).describe('topic filter at the remote broker'),
          local_topic: topic.default('').describe('without it the remote topic name'),
          qos: qos.default(0),
          retain_as_published: flag.optional(),
          retain_handling: z.int().min(0).max(2).optional(),
        }),
      )
      .min(1),
    sub_properties: z
      .object({
        identifier: z.int().min(1).max(MAX_SUBSCRIPTION_IDENTIFIER).optional(),
        user_properties: userProperties,
      })
      .default({}),
  }),
});

/** Body of `POST /bridges/unsub/{name}`. */
export const unsubscribeBody = z.object({
  data: z.object({
    unsubscription: z.array(z.object({ topic: topic.min(1) })).min(1),
    unsub_properties: z.object({ user_properties: userProperties }).default({}),
  }),
});
