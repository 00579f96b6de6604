import { z } from 'zod';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { dataReply, successReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

const rules = z.array(z.looseObject({})).describe('as in `auth.acl.rules`; the first that matches decides');

const question = z.strictObject({
  clientid: z.string(),
  username: z.string().optional(),
  remote_address: z.string().optional(),
  action: z.enum(['publish', 'subscribe']),
  topic: z.string(),
});

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/acl',
    name: 'get_acl',
    description: 'The access rules in use',
    reply: { json: dataReply(z.strictObject({ rules })) },
  },
  {
    method: 'PUT',
    path: '/acl',
    name: 'update_acl',
    description: 'Replaces the access rules',
    body: { content: { json: z.strictObject({ rules }) } },
    reply: { json: successReply },
  },
  {
    method: 'POST',
    path: '/acl/explain',
    name: 'explain_acl',
    description: 'Whether a client may, and the rule that decides',
    body: { content: { json: question } },
    reply: { json: dataReply(z.strictObject({ allowed: z.boolean(), rule: z.looseObject({}).nullable() })) },
  },
];

/** `/acl`. @param handlers  those of the package auth; null while there is none */
export function aclRoutes(handlers: PluginHandlers | null): readonly Route[] {
  return pluginRoutes('access rules', DESCRIPTIONS, handlers);
}
