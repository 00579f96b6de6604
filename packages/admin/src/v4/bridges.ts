import { z } from 'zod';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { qos, successReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

const pathParameters = { name: 'name of the bridge in the configuration' };
const userProperties = z.array(z.object({ key: z.string(), value: z.string() })).optional();
const bridgesReply = z.object({ code: z.literal(0), data: z.object({ bridge: z.looseObject({}) }) });

const switchBody = z.object({ data: z.object({ bridge_switch: z.boolean() }) });

const subscribeBody = z.object({
  data: z.object({
    subscription: z.array(
      z.looseObject({ remote_topic: z.string(), local_topic: z.string().optional(), qos: qos.optional() }),
    ),
    sub_properties: z.object({ identifier: z.int().optional(), user_properties: userProperties }).optional(),
  }),
});

const unsubscribeBody = z.object({
  data: z.object({
    unsubscription: z.array(z.object({ topic: z.string() })),
    unsub_properties: z.object({ user_properties: userProperties }).optional(),
  }),
});

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/bridges',
    name: 'list_bridges',
    description: 'A list of bridges and their settings',
    reply: { json: bridgesReply },
  },
  {
    method: 'GET',
    path: '/bridges/:name',
    name: 'lookup_bridge',
    description: 'The settings of one bridge',
    pathParameters,
    reply: { json: bridgesReply },
  },
  {
    method: 'PUT',
    path: '/bridges/:name',
    name: 'update_bridge',
    description: 'Changes a bridge; it connects again',
    pathParameters,
    body: { content: { json: z.record(z.string(), z.looseObject({})) } },
    reply: { json: successReply },
  },
  {
    method: 'POST',
    path: '/bridges/switch/:name',
    name: 'switch_bridge',
    description: 'Turns a bridge on or off',
    pathParameters,
    body: { content: { json: switchBody } },
    reply: { json: successReply },
  },
  {
    method: 'POST',
    path: '/bridges/sub/:name',
    name: 'subscribe_bridge',
    description: 'Adds subscriptions at the remote broker',
    pathParameters,
    body: { content: { json: subscribeBody } },
    reply: { json: successReply },
  },
  {
    method: 'POST',
    path: '/bridges/unsub/:name',
    name: 'unsubscribe_bridge',
    description: 'Takes subscriptions at the remote broker away',
    pathParameters,
    body: { content: { json: unsubscribeBody } },
    reply: { json: successReply },
  },
];

/** `/bridges`. @param handlers  those of the package bridge; null while there is none */
export function bridgeRoutes(handlers: PluginHandlers | null): readonly Route[] {
  return pluginRoutes('bridges', DESCRIPTIONS, handlers);
}
